"""The API's reference in a real browser, under the policy it is served with."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.journeys.review_page.browser import Reviewer
from tests.journeys.stack import Stack


@pytest.fixture
def reader(browser: Browser, stack: Stack) -> Generator[Reviewer]:
    """Nothing may be complained of in the console, either."""
    somebody = Reviewer(browser, stack)
    somebody.page.on("console", lambda line: note(somebody, line))
    somebody.page.goto(f"{stack.url}/api/docs")
    somebody.page.get_by_text("/api/v1/clients").first.wait_for()
    yield somebody
    somebody.close()
    assert somebody.errors == []


def note(reader: Reviewer, line: ConsoleMessage) -> None:
    """What the provider's pages lack, such as an icon, is not ours."""
    if line.type == "error" and line.location["url"].startswith(reader.stack.url):
        reader.errors.append(line.text)


def unfold(page: Page, operation: str) -> None:
    page.locator(f"#operations-{operation} .opblock-summary-control").click()
    page.locator(f"#operations-{operation} .opblock-body").wait_for()


def test_it_says_what_an_operation_needs_costs_and_takes(reader: Reviewer) -> None:
    unfold(reader.page, "clients-clients_change_client")

    told = reader.page.locator("#operations-clients-clients_change_client").inner_text()

    assert "Needs: clients:update. Costs 2 of the rate limits" in told
    for header in ("if-match", "x-organization", "X-Request-Id", "RateLimit"):
        assert header in told, header


def test_whoever_signs_in_tries_it_as_themselves(reader: Reviewer) -> None:
    page = reader.page
    page.get_by_role("button", name="Sign in").click()
    reader.prove_oneself("manager@demo.test")
    page.get_by_text("Requests are sent as Marcus Manager").wait_for()
    unfold(page, "me-me_get_me")

    with page.expect_response("**/api/v1/me") as answered:
        page.locator("#operations-me-me_get_me").get_by_role("button", name="Execute").click()

    assert answered.value.status == 200
    assert answered.value.json()["role"] == "manager"
    sent = answered.value.request.headers
    assert {"if-none-match", "traceparent", "x-request-id"}.isdisjoint(sent)  # only what was typed
    assert "code=" not in page.url
    page.locator("#operations-me-me_get_me .live-responses-table", has_text="manager").wait_for()


def test_whoever_has_not_is_told_to(reader: Reviewer) -> None:
    page = reader.page
    page.get_by_text("Sign in to try it").wait_for()
    unfold(page, "me-me_get_me")

    with page.expect_console_message(lambda line: "401" in line.text):  # the browser's own
        page.locator("#operations-me-me_get_me").get_by_role("button", name="Execute").click()

    page.locator("#operations-me-me_get_me .live-responses-table", has_text="401").wait_for()
    reader.errors = [each for each in reader.errors if "401" not in each]
