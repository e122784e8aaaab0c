"""Long work on the whole stack: asked for, watched, interrupted, and its file taken away."""

import csv
import time
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any, TypeAlias

import httpx
from openpyxl import load_workbook

from tests.journeys.stack import Stack

Operation: TypeAlias = dict[str, Any]

PATIENCE = 90
MANY = 24_000  # clients: a dozen steps
BEGUN = 15  # percent
ADD_MANY = f"""
INSERT INTO clients (organization_id, name)
SELECT u.organization_id, 'Client ' || lpad(n::text, 6, '0')
FROM users AS u, generate_series(1, {MANY}) AS n
WHERE u.email = 'owner@other.test'
RETURNING 1
"""


def ask(http: httpx.Client, wanted: str) -> httpx.Response:
    return http.post(
        "/exports",
        json={"kind": "clients", "format": wanted},
        headers={"prefer": "respond-async"},
    )


def watch(http: httpx.Client, location: str) -> Iterator[Operation]:
    """What is said of it, again and again, whoever answers in between."""
    deadline = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < deadline, "the operation does not end"
        time.sleep(0.05)
        try:
            answer = http.get(location.removeprefix("/api/v1"))
        except httpx.TransportError:  # the host is being started again
            continue
        if answer.status_code == 200:
            yield answer.json()
            if answer.json()["finished_at"]:
                return


def take_away(http: httpx.Client, operation: Operation) -> bytes:
    """From storage itself, which is not told who we are."""
    led = http.get(operation["result"]["file"].removeprefix("/api/v1"))
    assert led.status_code == 303
    file = httpx.get(led.headers["location"])
    assert "attachment" in file.headers["content-disposition"]
    return file.read()


def test_an_export_is_asked_for_watched_and_opened_as_a_workbook(stack: Stack) -> None:
    with stack.http() as owner:
        asked = ask(owner, "xlsx")
        *_, ended = seen = list(watch(owner, asked.headers["location"]))
        workbook = load_workbook(BytesIO(take_away(owner, ended)), read_only=True)
        clients = owner.get("/clients", params={"limit": 200}).json()["items"]

    assert asked.status_code == 202
    assert asked.headers["preference-applied"] == "respond-async"
    assert asked.headers["location"] == f"/api/v1/operations/{asked.json()['id']}"
    percents = [each["percent"] for each in seen]
    assert percents == sorted(percents)
    assert (ended["state"], percents[-1]) == ("succeeded", 100)
    (sheet,) = workbook.worksheets
    headings, *rows = sheet.iter_rows(values_only=True)
    assert headings[:2] == ("Id", "Name")
    assert {row[0]: row[1] for row in rows} == {each["id"]: each["name"] for each in clients}
    assert len(rows) == ended["result"]["rows"]


def test_a_host_that_dies_meanwhile_costs_nothing(stack: Stack) -> None:
    stack.rows(ADD_MANY)
    with stack.http("owner@other.test") as owner:
        location = ask(owner, "csv").headers["location"]
        before = stack.part("host").pid
        under_way = next(each for each in watch(owner, location) if each["percent"] >= BEGUN)

        stack.kill("host")

        *_, ended = watch(owner, location)
        table = StringIO(take_away(owner, ended).decode("utf-8-sig"))
        names = [row["Name"] for row in csv.DictReader(table) if row["Name"].startswith("Client ")]

    assert (under_way["state"], ended["state"]) == ("running", "succeeded")
    assert stack.part("host").pid != before
    assert sorted(names) == [f"Client {number:06}" for number in range(1, MANY + 1)]
    assert times_told(stack, ended["id"]) == (1, 1)


def times_told(stack: Stack, operation_id: str) -> tuple[int, int]:
    """How often the audit trail and the outbox say that it has ended."""
    [(audited,)] = stack.rows(
        "SELECT count(*) FROM audit_entries"
        f" WHERE subject_id = '{operation_id}' AND action = 'operation.succeeded'"
    )
    [(announced,)] = stack.rows(
        "SELECT count(*) FROM outbox_events"
        f" WHERE subject_id = '{operation_id}' AND topic = 'operation.finished'"
    )
    return audited, announced
