"""The page as a reviewer uses it: by keyboard, on the running stack."""

import time
from collections.abc import Callable, Generator
from fnmatch import fnmatch
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Request, Route

from tests.journeys.review_page.browser import Reviewer
from tests.journeys.review_page.conftest import HOSTILE, PACKET, TYPED_IN, Arrive, Ids
from tests.journeys.review_page.test_sessions import refuse_once
from tests.journeys.stack import Stack

Documents: TypeAlias = Callable[[str], dict[str, Any]]

BOX_4 = "Social security tax withheld"
READ, RIGHT = "6,381.92", "5172.27"
INSIDE = """
() => {
  const [mark, page] = [document.querySelector('.mark.is-shown'), document.querySelector('.sheet')]
    .map((each) => each.getBoundingClientRect());
  return [mark.left, mark.right].map((x) => (x - page.left) / page.width)
    .concat([mark.top, mark.bottom].map((y) => (y - page.top) / page.height));
}
"""

HIDE = """
() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
"""


@pytest.fixture
def documents(stack: Stack, ids: Ids) -> Generator[Documents]:
    """What the API says of a document, by its name."""

    def get(name: str) -> dict[str, Any]:
        return http.get(f"/documents/{ids[name]}").json()

    with stack.http() as http:
        yield get


class TestTheQueue:
    def test_says_what_waits_why_and_whose_it_is(self, arrive: Arrive) -> None:
        line = arrive().page.locator("a.waiting", has_text="looked-at.pdf")

        line.get_by_text("Blue Heron Bakery LLC").wait_for()
        text = line.inner_text()

        assert "Form W-2 · 2024" in text
        assert "Something does not add up" in text

    def test_is_walked_by_keys(self, arrive: Arrive) -> None:
        reviewer = arrive()
        names = reviewer.page.locator("a.waiting .name").all_inner_texts()

        reviewer.press("j", "j", "k", "Enter")

        reviewer.page.locator("h1", has_text=names[1]).wait_for()

    def test_runs_nothing_that_a_file_is_called(self, arrive: Arrive, ids: Ids) -> None:
        reviewer = arrive()
        reviewer.seen(HOSTILE)

        reviewer.open(ids[HOSTILE])

        assert reviewer.page.locator("h1").inner_text() == HOSTILE
        assert reviewer.page.locator("img[src='x']").count() == 0
        assert "owned" not in reviewer.page.title().replace(HOSTILE, "")


class TestADocument:
    def test_shows_where_the_doubtful_value_stands(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        page = arrive("looked-at.pdf").page
        page.locator(".sheet img").wait_for()
        x0, y0, x1, y1 = documents("looked-at.pdf")["fields"]["box_4"]["box"]

        left, right, top, bottom = page.evaluate(INSIDE)

        assert left < x0 < x1 < right
        assert top < y0 < y1 < bottom
        assert right - left < x1 - x0 + 0.03

    def test_says_how_sure_each_value_is(self, arrive: Arrive) -> None:
        reviewer = arrive("looked-at.pdf")

        assert "sure 97 % · check" in reviewer.line(BOX_4)
        assert "likely 80 %" in reviewer.line("Statutory employee")

    def test_masks_tins(self, arrive: Arrive) -> None:
        assert "***-**-" in arrive("looked-at.pdf").line("Employee's SSN")

    def test_explains_what_does_not_add_up_and_leads_there(self, arrive: Arrive) -> None:
        reviewer = arrive("looked-at.pdf")
        reviewer.seen("6.2 % would be 5172.27")

        reviewer.page.get_by_role("button", name="Box 7").or_(
            reviewer.page.get_by_role("button", name="Box 3", exact=True)
        ).first.click()

        focused = reviewer.page.evaluate("document.activeElement.innerText")
        assert "Social security" in focused

    def test_is_black_there_until_somebody_says_why(self, arrive: Arrive) -> None:
        reviewer = arrive("looked-at.pdf")
        assert is_black(reviewer)

        show_tins(reviewer)

        reviewer.page.get_by_alt_text("with its TINs").wait_for()
        assert not is_black(reviewer)

    def test_stays_black_for_somebody_who_may_not_see_tins(self, arrive: Arrive) -> None:
        reviewer = arrive("looked-at.pdf", email="staff@demo.test")
        assert is_black(reviewer)

        show_tins(reviewer)

        reviewer.seen("Your role may not do this")
        assert is_black(reviewer)


def show_tins(reviewer: Reviewer) -> None:
    reviewer.page.get_by_role("button", name="Show TINs").click()
    reviewer.page.get_by_label("Why?").fill("To compare it with the form")
    reviewer.page.get_by_role("button", name="Show them").click()


def is_black(reviewer: Reviewer) -> bool:
    """In the middle of the SSN, as the page shows it."""
    reviewer.page.locator(".sheet img").wait_for()
    ink: list[int] = reviewer.page.evaluate(
        """() => {
          const image = document.querySelector('.sheet img');
          const key = [...document.querySelectorAll('.value-button')]
            .find((line) => line.innerText.includes('SSN')).dataset.key;
          document.querySelector(`[data-key="${key}"]`).focus();
          const mark = document.querySelector('.mark.is-shown');
          const [wide, high] = [image.naturalWidth, image.naturalHeight];
          const paper = new OffscreenCanvas(wide, high).getContext('2d');
          paper.drawImage(image, 0, 0);
          const part = (name) => parseFloat(mark.style[name]) / 100;
          const [x, y] = [part('left') * wide, part('top') * high];
          const [w, h] = [part('width') * wide, part('height') * high];
          return [...paper.getImageData(x + 2, y + 2, w - 4, h - 4).data];
        }"""
    )
    return max(ink[0::4]) < 40


class TestCorrecting:
    def test_takes_keys_alone(self, arrive: Arrive, documents: Documents) -> None:
        reviewer = arrive("corrected.pdf")

        reviewer.press("j", "Enter")
        reviewer.type_over(RIGHT)

        reviewer.told("is now 5,172.27")
        reviewer.seen("Everything adds up now")
        assert "by a person" in reviewer.line(BOX_4)
        assert documents("corrected.pdf")["fields"]["box_4"]["value"] == RIGHT

    def test_is_undone(self, arrive: Arrive, documents: Documents) -> None:
        reviewer = arrive("undone.pdf")
        reviewer.press("j", "Enter")
        reviewer.type_over(RIGHT)
        reviewer.told("is now")

        reviewer.press("z")

        reviewer.told("is 6,381.92 again")
        assert documents("undone.pdf")["fields"]["box_4"]["value"] == "6381.92"

    def test_says_what_is_wrong_with_a_value(self, arrive: Arrive, documents: Documents) -> None:
        reviewer = arrive("looked-at.pdf")
        reviewer.press("j", "Enter")

        reviewer.type_over("12.345,00")

        reviewer.seen("An amount is a number of dollars and cents")
        reviewer.press("Escape")
        assert READ in reviewer.line(BOX_4)
        assert documents("looked-at.pdf")["fields"]["box_4"]["source"] == "text_layer"

    def test_shows_markup_as_the_text_it_is(self, arrive: Arrive) -> None:
        reviewer = arrive("another-kind.pdf")
        markup = "<svg onload=document.title=1>"
        reviewer.page.locator(".value-button", has_text="Employer's name").dblclick()

        reviewer.type_over(markup)

        reviewer.told("is now")
        assert markup in reviewer.line("Employer's name")

    def test_is_not_interrupted_by_a_decision_that_is_sent(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        reviewer = arrive()
        reviewer.page.locator("a.waiting", has_text=TYPED_IN).click()
        reviewer.page.get_by_role("button", name="Accept this part").click()
        reviewer.page.locator(".value-button", has_text="Employer's name").dblclick()
        reviewer.press("Control+A")
        reviewer.page.keyboard.type("Blue Her")

        with reviewer.page.expect_response(lambda got: got.url.endswith(f"/{in_hand(reviewer)}")):
            reviewer.page.evaluate(HIDE)  # sends it
        reviewer.told("is accepted")
        reviewer.page.keyboard.type("on")

        assert reviewer.page.locator("#edit-value").input_value() == "Blue Heron"
        reviewer.press("Escape")
        reviewer.page.get_by_role("button", name="Accept this part").wait_for(state="detached")
        assert documents(TYPED_IN)["state"] == "accepted"


def in_hand(reviewer: Reviewer) -> str:
    return reviewer.page.url.rsplit("/", 1)[1]


class TestDeciding:
    def test_accepts_after_a_moment_and_goes_on(self, arrive: Arrive, documents: Documents) -> None:
        reviewer = arrive("accepted.pdf")

        reviewer.press("a")
        reviewer.told("Accepting “accepted.pdf”")
        before = documents("accepted.pdf")["state"]
        reviewer.page.get_by_role("button", name="Do it now").click()
        reviewer.told("is accepted")

        assert (before, documents("accepted.pdf")["state"]) == ("needs_review", "accepted")
        assert reviewer.page.locator(".side h1").inner_text() != "accepted.pdf"

    def test_is_made_once_however_long_the_key_is_held(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        reviewer = arrive("looked-at.pdf")

        for _ in range(3):  # without letting go
            reviewer.page.keyboard.down("a")
            reviewer.page.locator(".side h1:not(:text-is('looked-at.pdf'))").wait_for()
        reviewer.page.keyboard.up("a")

        reviewer.told("Accepting “looked-at.pdf”")
        reviewer.press("z")
        reviewer.page.locator("h1", has_text="looked-at.pdf").wait_for()
        assert documents("looked-at.pdf")["state"] == "needs_review"

    def test_is_made_once_however_often_the_key_is_hit(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        reviewer = arrive("looked-at.pdf")

        reviewer.page.evaluate(
            """() => [1, 2].forEach(() => document.body.dispatchEvent(
              new KeyboardEvent('keydown', { key: 'a', bubbles: true })))"""
        )

        reviewer.told("Accepting “looked-at.pdf”")
        reviewer.press("z")
        reviewer.told("waits as before")
        assert documents("looked-at.pdf")["state"] == "needs_review"

    def test_is_undone_before_it_is_sent(self, arrive: Arrive, documents: Documents) -> None:
        reviewer = arrive("looked-at.pdf")

        reviewer.press("a")
        reviewer.told("Accepting")
        reviewer.press("Escape")
        reviewer.page.locator(".queue").wait_for()
        reviewer.press("z")

        reviewer.page.locator("h1", has_text="looked-at.pdf").wait_for()
        reviewer.told("waits as before")
        assert documents("looked-at.pdf")["state"] == "needs_review"

    def test_rejects_with_a_reason_that_the_client_can_read(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        reviewer = arrive("rejected.pdf")

        reviewer.press("r")
        reviewer.page.keyboard.type("A page is missing")
        reviewer.press("Enter")
        reviewer.page.get_by_role("button", name="Do it now").click()
        reviewer.told("is rejected")

        document = documents("rejected.pdf")
        assert (document["state"], document["detail"]) == ("rejected", "A page is missing")

    def test_is_sent_when_the_page_is_left(self, arrive: Arrive, documents: Documents) -> None:
        reviewer = arrive("left.pdf")
        reviewer.press("a")
        reviewer.told("Accepting")

        reviewer.page.goto("about:blank")

        deadline = time.monotonic() + 10
        while documents("left.pdf")["state"] != "accepted":
            assert time.monotonic() < deadline, "the decision got lost"
            time.sleep(0.1)

    def test_is_done_once_though_its_answer_got_lost(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        reviewer = arrive("answer-lost.pdf")
        names = lose_answer(reviewer, "**/review")
        reviewer.press("a")
        reviewer.page.get_by_role("button", name="Do it now").click()
        reviewer.told("“answer-lost.pdf” is not accepted. You are offline")
        done = documents("answer-lost.pdf")["state"]

        reviewer.page.get_by_role("button", name="Try again").click()

        reviewer.told("“answer-lost.pdf” is accepted")
        reviewer.page.locator(".queue, .empty, .review").first.wait_for()
        assert reviewer.page.locator("a.waiting", has_text="answer-lost.pdf").count() == 0
        assert done == "accepted"
        assert len(names) == 2
        assert len(set(names)) == 1

    def test_waits_when_there_were_too_many_requests(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        reviewer = arrive("too-fast.pdf")
        names = note_names(reviewer, "**/review")
        refuse_once(reviewer, "**/review")
        reviewer.press("a")

        reviewer.page.get_by_role("button", name="Do it now").click()

        reviewer.seen("Too many requests at once")
        reviewer.told("“too-fast.pdf” is accepted")
        assert documents("too-fast.pdf")["state"] == "accepted"
        assert len(names) == 2
        assert len(set(names)) == 1

    def test_again_has_another_name(self, arrive: Arrive) -> None:
        reviewer = arrive("looked-at.pdf")
        names = note_names(reviewer, "**/review")
        for _ in range(2):
            reviewer.press("r")
            reviewer.page.get_by_label("Why?").evaluate(
                "field => field.value = '\\0'"
            )  # is refused
            reviewer.press("Enter")
            reviewer.page.get_by_role("button", name="Do it now").click()
            reviewer.told("is not rejected")
            reviewer.page.get_by_role("button", name="Open it").click()
            reviewer.page.locator(".side h1", has_text="looked-at.pdf").wait_for()

        assert len(set(names)) == len(names) == 2

    def test_can_be_that_it_is_another_kind(self, arrive: Arrive, documents: Documents) -> None:
        reviewer = arrive("another-kind.pdf")

        reviewer.press("c")
        reviewer.page.get_by_label("Kind", exact=True).select_option("1099-nec")
        reviewer.page.get_by_role("button", name="Change the kind").click()

        reviewer.seen("Form 1099-NEC for 2024")
        assert documents("another-kind.pdf")["kind"] == "1099-nec"

    def test_takes_the_parts_of_a_packet_one_by_one(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        reviewer = arrive()
        reviewer.page.locator("a.waiting", has_text=PACKET).click()
        reviewer.seen("A packet of 2 forms, 2 pages")
        reviewer.seen("Part 2: Form W-2 for 2024")

        reviewer.page.get_by_role("button", name="Accept this part").click()
        reviewer.page.get_by_role("button", name="Do it now").click()
        reviewer.told("is accepted")

        assert {part["state"] for part in documents(PACKET)["children"]} == {"accepted"}
        assert documents(PACKET)["state"] == "accepted"


def note_names(reviewer: Reviewer, address: str) -> list[str]:
    """The Idempotency-Keys of what is sent there from now on."""
    names: list[str] = []

    def note(asked: Request) -> None:
        if asked.method == "POST" and fnmatch(asked.url, address):
            names.append(asked.headers["idempotency-key"])

    reviewer.page.on("request", note)
    return names


def lose_answer(reviewer: Reviewer, address: str) -> list[str]:
    """The first request arrives, and its answer does not. The names of all are answered."""
    names = note_names(reviewer, address)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    reviewer.page.route(address, lose, times=1)
    return names


class TestTwoReviewers:
    def test_see_what_the_other_has_changed(self, arrive: Arrive, documents: Documents) -> None:
        mine, theirs = arrive("raced.pdf"), arrive("raced.pdf", email="manager@demo.test")
        theirs.press("j", "Enter")
        theirs.type_over("5172.00")
        theirs.told("is now")

        mine.press("j", "Enter")
        mine.type_over(RIGHT)

        mine.seen("Changed by somebody else")
        mine.seen("Social security tax withheld: 6,381.92 is now 5,172.00.")
        assert mine.page.locator("#edit-value").input_value() == RIGHT
        mine.press("Enter")
        mine.told("is now 5,172.27")
        assert documents("raced.pdf")["fields"]["box_4"]["value"] == RIGHT

    def test_do_not_decide_on_what_they_have_not_seen(
        self, arrive: Arrive, documents: Documents
    ) -> None:
        name = "decided-elsewhere.pdf"
        mine, theirs = arrive(name), arrive(name, email="manager@demo.test")
        theirs.press("j", "Enter")
        theirs.type_over("5172.00")
        theirs.told("is now")

        mine.press("a")
        mine.page.get_by_role("button", name="Do it now").click()

        mine.told("is not accepted. Somebody changed it while you were looking")
        assert documents(name)["state"] == "needs_review"
        mine.page.get_by_role("button", name="Open it").click()
        mine.seen("Social security tax withheld: 6,381.92 is now 5,172.00.")
