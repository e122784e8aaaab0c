"""One browser, and documents that wait, for all the stories of the page."""

import os
from collections.abc import Callable, Generator
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser
from pypdf import PdfWriter

from local.samples import make_samples
from tests.journeys.people import accept, introduce, invite
from tests.journeys.review_page.browser import Reviewer, chromium, program
from tests.journeys.stack import Stack

WRONG = "05-w2-wrong-box-4.pdf"
HOSTILE = "<img src=x onerror=document.title='owned'>.pdf"
NAMES = [
    "corrected.pdf",
    "undone.pdf",
    "accepted.pdf",
    "rejected.pdf",
    "left.pdf",
    "raced.pdf",
    "decided-elsewhere.pdf",
    "looked-at.pdf",
    "another-kind.pdf",
    "answer-lost.pdf",
    "too-fast.pdf",
    HOSTILE,
]
PACKET = "packet.pdf"
TYPED_IN = "typed-in.pdf"  # a packet, too

Ids: TypeAlias = dict[str, str]
Arrive: TypeAlias = Callable[..., Reviewer]


@pytest.fixture(scope="package")
def browser() -> Generator[Browser]:
    if program() is None:
        absent = "The review page is tested in Debian's chromium: apt-get install chromium"
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(absent)
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def ids(browser: Browser, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Ids:
    """Documents that wait for a person, by name. Each is the same W-2 with a wrong box 4."""
    folder = tmp_path_factory.mktemp("waiting")
    make_samples(folder / "samples")
    wrong = (folder / "samples" / WRONG).read_bytes()
    for name in NAMES:  # what stands behind the end of a PDF changes nothing but its hash
        (folder / name).write_bytes(wrong + f"\n% {name}\n".encode())
    bound = _bound(folder / "samples" / "06-1099-nec.pdf", wrong)
    for name in (PACKET, TYPED_IN):
        (folder / name).write_bytes(bound + f"\n% {name}\n".encode())
    read = stack.read(*(folder / name for name in (*NAMES, PACKET, TYPED_IN)))
    assert {each["state"] for each in read} == {"needs_review"}
    return {Path(each["file"]).name: each["document_id"] for each in read}


def _bound(first: Path, second: bytes) -> bytes:
    packet, target = PdfWriter(), BytesIO()
    packet.append(first)
    packet.append(BytesIO(second))
    packet.write(target)
    return target.getvalue()


@pytest.fixture(scope="package")
def two_firms(stack: Stack) -> str:
    """The e-mail of somebody who works for both of the demo's firms."""
    email, name = "petra@both.test", "Petra Partout"
    introduce(stack, email, name)
    for owner in ("owner@demo.test", "owner@other.test"):
        with stack.http(owner) as inviting, stack.http(email) as invited:
            accept(invited, invite(inviting, email, name, "staff"))
    return email


@pytest.fixture(scope="package")
def known() -> dict[str, str]:
    """The tokens of those who have signed in."""
    return {}


@pytest.fixture
def arrive(browser: Browser, stack: Stack, ids: Ids, known: dict[str, str]) -> Generator[Arrive]:
    """Somebody comes to a document or to the queue. No script of theirs may have failed."""
    people: list[Reviewer] = []

    def arriving(at: str = "", email: str = "owner@demo.test", **window: Any) -> Reviewer:
        person = Reviewer(browser, stack, **window)
        people.append(person)
        if email in known:
            person.arrive(known[email])
        else:
            person.sign_in(email)
            known[email] = person.tokens()
        if at:
            person.open(ids[at])
        return person

    yield arriving
    errors = [error for person in people for error in person.errors]
    for person in people:
        person.close()
    assert errors == []
