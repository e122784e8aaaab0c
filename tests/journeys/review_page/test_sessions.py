"""Who is in front of the page, and what it says when something stands in the way."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Route

from tests.journeys.review_page.browser import Reviewer
from tests.journeys.review_page.conftest import PACKET, Arrive, Ids
from tests.journeys.stack import Stack

STRANGE = "00000000-0000-4000-8000-000000000001"
SPOIL = """
(names) => {
  const tokens = JSON.parse(sessionStorage['review.tokens']);
  for (const name of names) tokens[name] = 'spoilt';
  sessionStorage['review.tokens'] = JSON.stringify(tokens);
}
"""


@pytest.fixture
def reviewer(browser: Browser, stack: Stack) -> Generator[Reviewer]:
    somebody = Reviewer(browser, stack)
    yield somebody
    somebody.close()
    assert somebody.errors == []


class TestSigningIn:
    def test_comes_back_to_the_document_that_was_asked_for(
        self, reviewer: Reviewer, ids: Ids
    ) -> None:
        reviewer.sign_in(at=f"#/documents/{ids['looked-at.pdf']}")

        reviewer.page.locator("h1", has_text="looked-at.pdf").wait_for()
        assert "code=" not in reviewer.page.url

    def test_takes_no_answer_to_a_question_it_did_not_ask(
        self, reviewer: Reviewer, stack: Stack
    ) -> None:
        reviewer.page.goto(f"{stack.url}/api/review?code=stolen&state=forged")

        reviewer.seen("Signing in failed")
        assert reviewer.tokens() is None

    def test_is_renewed_without_a_word(self, reviewer: Reviewer, ids: Ids) -> None:
        reviewer.sign_in()
        reviewer.page.evaluate(SPOIL, ["access"])

        reviewer.press("Enter")

        reviewer.page.locator(".side h1").wait_for()

    def test_is_asked_for_again_when_it_has_ended(self, reviewer: Reviewer, ids: Ids) -> None:
        reviewer.sign_in(at=f"#/documents/{ids['looked-at.pdf']}")
        reviewer.page.evaluate(SPOIL, ["access", "refresh"])

        reviewer.page.reload()

        reviewer.page.get_by_role("button", name="Sign in").click()  # the provider still knows us
        reviewer.page.locator("h1", has_text="looked-at.pdf").wait_for()

    def test_out_forgets_everything(self, reviewer: Reviewer) -> None:
        reviewer.sign_in()

        reviewer.page.get_by_role("button", name="Sign out").click()
        reviewer.page.get_by_role("button", name="Sign out").click()  # the provider asks, too
        reviewer.page.get_by_role("button", name="Sign in").click()

        reviewer.page.get_by_label("Password").wait_for()
        assert reviewer.tokens() is None

    def test_out_shows_nothing_even_while_the_provider_is_away(
        self, reviewer: Reviewer, ids: Ids
    ) -> None:
        reviewer.sign_in(at=f"#/documents/{ids['looked-at.pdf']}")
        reviewer.page.reload()  # it has not heard of the provider yet
        reviewer.page.locator(".value-button").first.wait_for()
        asked: list[Route] = []

        def hold(route: Route) -> None:
            asked.append(route)

        reviewer.page.route("**/.well-known/**", hold)

        reviewer.page.get_by_role("button", name="Sign out").click()

        reviewer.seen("Signing out")
        assert reviewer.page.locator(".review, .person").count() == 0
        while not asked:
            reviewer.page.wait_for_timeout(20)
        asked[0].abort()
        reviewer.seen("Sign in to see")
        assert reviewer.tokens() is None

    def test_is_looked_at_anew_when_the_browser_brings_the_page_back(
        self, reviewer: Reviewer, stack: Stack
    ) -> None:
        """Its memory of pages keeps what they showed, whoever goes back to them."""
        reviewer.page.goto(f"{stack.url}/api/review")
        reviewer.seen("Sign in to see")
        reviewer.page.evaluate("window.isKept = true")

        with reviewer.page.expect_navigation():
            reviewer.page.evaluate(
                "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
            )

        assert reviewer.page.evaluate("window.isKept") is None

    @pytest.mark.parametrize("number", [STRANGE, "-" * 36])
    def test_asks_for_the_firm_again_when_it_was_the_wrong_one(
        self, reviewer: Reviewer, stack: Stack, ids: Ids, number: str
    ) -> None:
        [(right,)] = stack.rows(f"SELECT organization_id FROM documents WHERE id = '{ids[PACKET]}'")
        reviewer.sign_in()
        reviewer.page.evaluate(
            "number => sessionStorage.setItem('review.organization', number)", number
        )
        reviewer.page.reload()

        field = reviewer.page.locator("#firm")
        field.fill("-" * 36)
        assert not field.evaluate("field => field.checkValidity()")
        field.fill(f"{right} ")
        reviewer.press("Enter")

        reviewer.page.locator(".queue").wait_for()
        for _ in ("here", "at the provider"):
            reviewer.page.get_by_role("button", name="Sign out").click()
        reviewer.seen("Sign in to see")
        assert reviewer.page.evaluate("sessionStorage.getItem('review.organization')") is None


class TestWhatStandsInTheWay:
    def test_a_client_is_told_that_reviewing_is_not_for_them(self, arrive: Arrive) -> None:
        reviewer = arrive(email="client@demo.test")

        reviewer.seen("Your role may not do this")
        assert reviewer.page.locator("a.waiting").count() == 0

    def test_another_firm_is_told_the_same_as_if_there_were_nothing(
        self, reviewer: Reviewer, ids: Ids
    ) -> None:
        reviewer.sign_in("owner@other.test", at=f"#/documents/{ids['looked-at.pdf']}")

        reviewer.seen("There is no such document")

    def test_an_empty_queue_says_so(self, arrive: Arrive) -> None:
        arrive(email="owner@other.test").seen("Nothing waits for you")

    def test_a_sign_in_that_ends_while_somebody_types_is_a_button_away(
        self, arrive: Arrive
    ) -> None:
        reviewer = arrive("looked-at.pdf")
        reviewer.page.locator(".value-button", has_text="Employer's name").dblclick()
        reviewer.page.evaluate(SPOIL, ["access", "refresh"])

        reviewer.type_over("Somebody LLC")

        reviewer.told("What you typed is not saved")
        assert reviewer.page.locator("#edit-value").input_value() == "Somebody LLC"
        with reviewer.page.expect_request(lambda asked: "code_challenge=" in asked.url):
            reviewer.page.get_by_role("button", name="Sign in").click()

    def test_being_offline_is_no_loss(self, arrive: Arrive) -> None:
        reviewer = arrive()
        reviewer.page.context.set_offline(True)
        reviewer.press("Enter")
        reviewer.seen("You are offline")

        reviewer.page.context.set_offline(False)

        reviewer.page.locator(".side h1").wait_for()
