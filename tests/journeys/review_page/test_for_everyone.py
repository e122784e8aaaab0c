"""On a phone, in the dark, without a mouse, by ear: axe looks at every view."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.review_page.browser import DESKTOP, PHONE, RULES, Reviewer
from tests.journeys.review_page.conftest import Arrive
from tests.journeys.stack import Stack

DARK = DESKTOP | {"color_scheme": "dark"}
VIEWS = [(DESKTOP, RULES), (PHONE, RULES), (DARK, ["color-contrast"])]
TOUCH = 44
SMALL = """
(least) => [...document.querySelectorAll('button, a, input, select')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .filter((each) => each.getBoundingClientRect().height < least)
  .map((each) => each.outerHTML)
"""


@pytest.mark.parametrize(("window", "rules"), VIEWS, ids=["desktop", "phone", "dark"])
def test_no_view_has_faults(arrive: Arrive, window: dict[str, Any], rules: list[str]) -> None:
    reviewer = arrive(**window)
    views = {"queue": reviewer.faults()}
    reviewer.press("?")
    views["keys"] = reviewer.faults(rules)
    reviewer.press("Escape")
    reviewer.page.locator("a.waiting", has_text="looked-at.pdf").click()
    reviewer.page.locator(".sheet img").wait_for()
    views["document"] = reviewer.faults(rules)
    reviewer.press("j", "Enter")
    reviewer.page.locator("#edit-value").wait_for()
    views["change"] = reviewer.faults(rules)
    reviewer.press("Escape", "r")
    views["reject"] = reviewer.faults(rules)

    assert views == {name: [] for name in views}


def test_neither_have_the_others(browser: Browser, stack: Stack, arrive: Arrive) -> None:
    stranger, client = Reviewer(browser, stack), arrive(email="client@demo.test")
    stranger.page.goto(f"{stack.url}/api/review")
    stranger.seen("Sign in to see")

    assert (stranger.faults(), client.faults()) == ([], [])
    stranger.close()


class TestOnAPhone:
    def test_nothing_is_wider_than_the_screen(self, arrive: Arrive) -> None:
        reviewer = arrive("looked-at.pdf", **PHONE)

        assert reviewer.page.evaluate("document.documentElement.scrollWidth") == 360

    def test_everything_is_big_enough_to_touch(self, arrive: Arrive) -> None:
        reviewer = arrive("looked-at.pdf", **PHONE)

        assert reviewer.page.evaluate(SMALL, TOUCH) == []

    def test_the_value_can_be_read_on_the_page(self, arrive: Arrive) -> None:
        """The page is enlarged until its box takes a good part of the screen, and is in view."""
        reviewer = arrive("looked-at.pdf", **PHONE)
        reviewer.page.locator(".sheet img").wait_for()
        view = reviewer.page.locator(".view").bounding_box()

        reviewer.page.wait_for_function(
            """() => {
              const view = document.querySelector('.view').getBoundingClientRect();
              const mark = document.querySelector('.mark.is-shown').getBoundingClientRect();
              return mark.width > view.width / 5 && mark.left >= view.left
                && mark.right <= view.right && mark.top >= view.top && mark.bottom <= view.bottom;
            }"""
        )

        assert view is not None

    def test_a_tap_chooses_a_value_and_another_changes_it(self, arrive: Arrive) -> None:
        page = arrive("looked-at.pdf", **PHONE).page
        page.locator(".value-button", has_text="Control number").tap()

        page.get_by_role("button", name="Change Box d, Control number").tap()

        assert page.locator("#edit-value").input_value() == "C63747"


def test_letters_can_be_switched_off(arrive: Arrive) -> None:
    """For people who speak to their computer: what they say arrives as letters."""
    reviewer = arrive("looked-at.pdf")
    reviewer.press("?")
    reviewer.page.get_by_label("Use single letters as keys").uncheck()
    reviewer.press("Escape")

    reviewer.press("a")

    assert reviewer.page.locator("#notice").inner_text() == ""


def test_a_page_at_twice_its_size_loses_nothing(arrive: Arrive) -> None:
    """1280 pixels at 200 % are 640."""
    reviewer = arrive("looked-at.pdf", viewport={"width": 640, "height": 450})

    assert reviewer.page.evaluate("document.documentElement.scrollWidth") == 640
    reviewer.press("j")
    assert reviewer.page.get_by_role("button", name="Accept").is_visible()
