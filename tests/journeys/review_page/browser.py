"""Debian's Chromium, and a person in front of it."""

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TypeAlias

from playwright.sync_api import Browser, Page, sync_playwright

from local.accounts import password
from local.demo import FIRMS
from local.state import State
from tests.journeys.stack import PROJECT, Stack

Window: TypeAlias = dict[str, Any]  # how it is made: options of Playwright's ``new_context``

TOKENS = "review.tokens"
SIGNED_IN = ".queue, .review, .empty h1"
WITHOUT_TELEPHONE = {
    person.email for firm in FIRMS for person in firm.people() if not person.has_second_factor
}
AXE = PROJECT / "node_modules/axe-core/axe.min.js"
LOOK = "async rules => (await axe.run({runOnly: rules, resultTypes: ['violations']})).violations"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP: Window = {"viewport": {"width": 1440, "height": 900}}
PHONE: Window = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


def program() -> str | None:
    return shutil.which("chromium")


@contextmanager
def chromium() -> Generator[Browser]:
    """As root, as in a container, it has no sandbox to make."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        yield browser
        browser.close()


class Reviewer:
    """Somebody with a window of their own; ``errors`` are what its scripts complained of."""

    def __init__(self, browser: Browser, stack: Stack, **window: Any) -> None:
        self.stack = stack
        self.page: Page = browser.new_context(**(window or DESKTOP)).new_page()
        self.page.set_default_timeout(10_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(
        self, email: str = "owner@demo.test", at: str = "", waiting_for: str = SIGNED_IN
    ) -> None:
        self.page.goto(f"{self.stack.url}/api/review{at}")
        self.page.get_by_role("button", name="Sign in").click()
        self.prove_oneself(email)
        self.page.locator(waiting_for).first.wait_for()

    def prove_oneself(self, email: str) -> None:
        """On the provider's pages: with a password, and a telephone's code if they have one."""
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password(State(self.stack.state), email))
        self.page.get_by_role("button", name="Sign in").click()
        if email not in WITHOUT_TELEPHONE:
            self.page.get_by_label("Code").fill(self.page.locator("output").inner_text())
            self.page.get_by_role("button", name="Sign in").click()

    def tokens(self) -> str:
        return self.page.evaluate(f"sessionStorage.getItem('{TOKENS}')")

    def arrive(self, tokens: str) -> None:
        """As somebody who has signed in before."""
        keeping = f"sessionStorage.setItem({json.dumps(TOKENS)}, {json.dumps(tokens)})"
        self.page.add_init_script(f"if (location.port) {keeping}")  # not on about:blank
        self.page.goto(f"{self.stack.url}/api/review")
        self.page.locator(".queue, .empty h1").first.wait_for()

    def open(self, document_id: str) -> None:
        self.page.evaluate("id => location.hash = `#/documents/${id}`", document_id)
        self.page.locator(f".review [data-row^='{document_id}']").first.wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type_over(self, value: str) -> None:
        """Into the open field, and keep it."""
        self.page.locator("#edit-value").wait_for()
        self.press("Control+A")
        self.page.keyboard.type(value)
        self.press("Enter")

    def line(self, title: str) -> str:
        """What stands beside that field."""
        return self.page.locator(".value-button", has_text=title).first.inner_text()

    def told(self, text: str) -> None:
        """Wait for it in the line at the bottom."""
        self.page.locator("#notice", has_text=text).wait_for()

    def seen(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def faults(self, rules: list[str] = RULES) -> list[str]:
        """What axe finds wrong for people who use the page otherwise than by sight and mouse."""
        if self.page.evaluate("!window.axe"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(LOOK, rules)
        return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]

    def close(self) -> None:
        self.page.context.close()
