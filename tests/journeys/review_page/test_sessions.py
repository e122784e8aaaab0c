"""Who is in front of the page, and what it says when something stands in the way."""

import json
from collections.abc import Generator

import httpx
import pytest
from playwright.sync_api import Browser, Route

from local.demo import FIRMS
from tests.journeys.review_page.browser import Reviewer
from tests.journeys.review_page.conftest import Arrive, Ids
from tests.journeys.stack import Stack

FIRST_FIRM, SECOND_FIRM = (firm.name for firm in FIRMS)
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


class TestTwoFirms:
    @pytest.fixture
    def of_two(self, browser: Browser, stack: Stack, two_firms: str) -> Generator[Reviewer]:
        somebody = Reviewer(browser, stack)
        somebody.sign_in(two_firms)
        yield somebody
        somebody.close()
        assert somebody.errors == []

    def test_are_asked_for_by_name(self, of_two: Reviewer) -> None:
        of_two.seen("Which firm?")
        of_two.page.get_by_role("button", name=FIRST_FIRM).wait_for()
        assert of_two.faults() == []

        of_two.page.get_by_role("button", name=FIRST_FIRM).click()

        of_two.page.locator("a.waiting", has_text="looked-at.pdf").wait_for()
        of_two.page.locator(".firm", has_text=FIRST_FIRM).wait_for()

    def test_are_changed_without_signing_in_again(self, of_two: Reviewer, ids: Ids) -> None:
        of_two.page.get_by_role("button", name=FIRST_FIRM).click()
        of_two.open(ids["looked-at.pdf"])

        of_two.page.get_by_title("Choose another firm").click()
        of_two.page.get_by_role("button", name=SECOND_FIRM).click()

        of_two.seen("Nothing waits for you")
        of_two.page.locator(".firm", has_text=SECOND_FIRM).wait_for()

    def test_are_asked_for_again_when_one_lets_them_in_no_more(
        self, of_two: Reviewer, stack: Stack
    ) -> None:
        of_two.page.evaluate(
            "firm => sessionStorage.setItem('review.firm', JSON.stringify(firm))",
            {"id": STRANGE, "name": "Gone & Partners"},
        )
        of_two.page.reload()
        of_two.seen("Which firm?")

        of_two.page.get_by_role("button", name=SECOND_FIRM).click()

        of_two.seen("Nothing waits for you")
        for _ in ("here", "at the provider"):
            of_two.page.get_by_role("button", name="Sign out").click()
        of_two.seen("Sign in to see")
        assert of_two.page.evaluate("sessionStorage.getItem('review.firm')") is None


class TestASessionThatWasEnded:
    def test_is_not_brought_back_by_the_provider(
        self, reviewer: Reviewer, stack: Stack, ids: Ids
    ) -> None:
        reviewer.sign_in("staff@demo.test", at=f"#/documents/{ids['looked-at.pdf']}")
        reviewer.page.locator(".side h1").wait_for()
        with stack.http("staff@demo.test") as elsewhere:
            session_id = me(reviewer)["session_id"]
            assert elsewhere.delete(f"/sessions/{session_id}").status_code == 204
        reviewer.page.reload()
        reviewer.seen("Your session was ended")

        reviewer.page.get_by_role("button", name="Sign in").click()

        reviewer.prove_oneself("staff@demo.test")
        reviewer.page.locator("h1", has_text="looked-at.pdf").wait_for()
        assert me(reviewer)["session_id"] != session_id


def me(reviewer: Reviewer) -> dict[str, str]:
    token = json.loads(reviewer.tokens())["access"]
    asked = {"authorization": f"Bearer {token}"}
    return httpx.get(f"{reviewer.stack.url}/api/v1/me", headers=asked).json()


class TestASecondFactor:
    def test_that_is_missing_is_asked_for_in_words(self, reviewer: Reviewer) -> None:
        reviewer.sign_in("password-only@demo.test")

        reviewer.seen("A second factor is needed")
        reviewer.seen("confirm it with your telephone or security key")
        assert reviewer.faults() == []
        with reviewer.page.expect_request(lambda asked: "code_challenge=" in asked.url) as asked:
            reviewer.page.get_by_role("button", name="Sign in with a second factor").click()
        assert "prompt=login" in asked.value.url
        reviewer.page.get_by_label("Password").wait_for()  # the weak sign-in is not brought back

    def test_is_asked_of_the_provider_in_the_words_of_the_api(self, reviewer: Reviewer) -> None:
        wanted = 'Bearer error="insufficient_user_authentication", acr_values="urn:strong c1"'
        reviewer.page.route(
            "**/review-queue*",
            lambda route: route.fulfill(
                status=403,
                headers={"www-authenticate": wanted},
                json={"code": "mfa_required", "detail": ""},
            ),
        )
        reviewer.sign_in()

        with reviewer.page.expect_request(lambda asked: "code_challenge=" in asked.url) as asked:
            reviewer.page.get_by_role("button", name="Sign in with a second factor").click()

        assert "acr_values=urn%3Astrong+c1" in asked.value.url


class TestTooManyRequests:
    def test_are_told_and_waited_for(self, reviewer: Reviewer) -> None:
        refuse_once(reviewer, "**/review-queue*")
        reviewer.sign_in(waiting_for=".patience p")

        reviewer.seen("Too many requests at once. This page goes on by itself in 1 second")
        faults = reviewer.faults(
            ["wcag2a", "wcag2aa"]
        )  # there is no heading before there is a queue

        reviewer.page.locator(".queue").wait_for()
        assert reviewer.page.locator("#patience").inner_text() == ""
        assert faults == []


def refuse_once(reviewer: Reviewer, address: str) -> None:
    refusal = {"code": "rate_limited", "detail": "There were too many requests."}
    reviewer.page.route(
        address,
        lambda route: route.fulfill(status=429, headers={"retry-after": "1"}, json=refusal),
        times=1,
    )


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
