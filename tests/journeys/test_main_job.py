"""From a file on a client's disk to reviewed data, on the whole stack."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.samples import make_samples
from tests.journeys.stack import Stack

KEYS = {
    "file",
    "document_id",
    "state",
    "kind",
    "confidence",
    "tax_year",
    "pages",
    "fields",
    "children",
    "findings",
    "code",
    "seconds",
}
PLAIN = [
    "01-w2.pdf",
    "05-w2-wrong-box-4.pdf",
    "06-1099-nec.pdf",
    "20-locked.pdf",
    "21-cut-off.pdf",
    "22-empty.pdf",
    "23-program.pdf",
]
SCANNED = "04-w2-scanned.pdf"

Truth = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def samples(folder: Path) -> Path:
    make_samples(folder / "samples")
    return folder / "samples"


@pytest.fixture(scope="module")
def truth(samples: Path) -> Truth:
    return json.loads((samples / "truth.json").read_text())


@pytest.fixture(scope="module")
def outcomes(stack: Stack, samples: Path) -> dict[str, dict[str, Any]]:
    read = stack.read(*(samples / name for name in PLAIN))
    return {Path(outcome["file"]).name: outcome for outcome in read}


def masked(name: str, value: str) -> str:
    return f"***-**-{value[-4:]}" if name.endswith(("_ssn", "_ein", "_tin")) else value


def values(outcome: dict[str, Any], names: set[str]) -> dict[str, str | None]:
    return {name: outcome["fields"].get(name, {}).get("value") for name in names}


class TestReading:
    def test_every_file_ends_as_it_should(
        self, outcomes: dict[str, dict[str, Any]], truth: Truth
    ) -> None:
        assert {name: each["state"] for name, each in outcomes.items()} == {
            name: truth[name]["state"] for name in PLAIN
        }

    def test_every_key_is_always_there(self, outcomes: dict[str, dict[str, Any]]) -> None:
        assert {frozenset(each) for each in outcomes.values()} == {frozenset(KEYS)}

    def test_a_w2_is_read_value_by_value(
        self, outcomes: dict[str, dict[str, Any]], truth: Truth
    ) -> None:
        expected = truth["01-w2.pdf"]["fields"]

        found = values(outcomes["01-w2.pdf"], set(expected))

        assert found == {name: masked(name, value) for name, value in expected.items()}

    def test_a_wrong_sum_is_explained(self, outcomes: dict[str, dict[str, Any]]) -> None:
        outcome = outcomes["05-w2-wrong-box-4.pdf"]

        (worry,) = [each for each in outcome["findings"] if each["severity"] != "info"]
        assert worry["rule"] == "W2-03"
        assert "box_4" in worry["fields"]

    def test_what_cannot_be_read_says_why(
        self, outcomes: dict[str, dict[str, Any]], truth: Truth
    ) -> None:
        rejected = [name for name in PLAIN if truth[name]["state"] == "rejected"]

        assert {name: outcomes[name]["code"] for name in rejected} == {
            name: truth[name]["code"] for name in rejected
        }

    def test_a_scan_is_read_by_ocr(self, stack: Stack, samples: Path, truth: Truth) -> None:
        (outcome,) = stack.read(samples / SCANNED)
        expected = truth[SCANNED]["fields"]

        right = [
            name
            for name, value in expected.items()
            if outcome["fields"].get(name, {}).get("value") == masked(name, value)
        ]

        assert outcome["kind"] == "w2"
        assert {field["source"] for field in outcome["fields"].values()} <= {"ocr", "derived"}
        assert len(right) >= 0.85 * len(expected)


class TestSendingItAgain:
    def test_is_a_duplicate_that_shows_the_original(
        self, stack: Stack, samples: Path, outcomes: dict[str, dict[str, Any]]
    ) -> None:
        (again,) = stack.read(samples / "01-w2.pdf")

        assert again["state"] == "duplicate"
        assert again["document_id"] == outcomes["01-w2.pdf"]["document_id"]
        assert again["fields"] == outcomes["01-w2.pdf"]["fields"]

    def test_reads_it_again_when_told_to(
        self, stack: Stack, samples: Path, outcomes: dict[str, dict[str, Any]]
    ) -> None:
        (again,) = stack.read(samples / "06-1099-nec.pdf", force=True)

        with stack.http() as http:
            document = http.get(f"/documents/{again['document_id']}").json()
        assert again["document_id"] == outcomes["06-1099-nec.pdf"]["document_id"]
        assert [run["number"] for run in document["runs"]] == [1, 2]


class TestAPerson:
    def test_decides_and_the_story_reads_it(
        self, stack: Stack, outcomes: dict[str, dict[str, Any]]
    ) -> None:
        document_id = outcomes["05-w2-wrong-box-4.pdf"]["document_id"]
        with stack.http() as http:
            url = f"/documents/{document_id}"
            seen = http.get(url)
            decided = http.post(
                f"{url}/review",
                json={"verdict": "accepted"},
                headers={"if-match": seen.headers["etag"]},
            )

        assert (decided.status_code, decided.json()["state"]) == (200, "accepted")
        deadline = time.monotonic() + 30
        read = f"SELECT read_at FROM document_reviews WHERE document_id = '{document_id}'"
        while stack.rows(read) == [(None,)]:
            assert time.monotonic() < deadline, "the story was not woken"
            time.sleep(0.1)


class TestAnotherFirm:
    def test_finds_nothing_of_it(self, stack: Stack, outcomes: dict[str, dict[str, Any]]) -> None:
        document_id = outcomes["01-w2.pdf"]["document_id"]
        with stack.http("owner@other.test") as theirs:
            one = theirs.get(f"/documents/{document_id}")
            page = theirs.get(f"/documents/{document_id}/pages/1.png")
            again = theirs.post(f"/documents/{document_id}/reread")
            every = theirs.get("/documents").json()["items"]
            queue = theirs.get("/documents/review-queue").json()["items"]

        assert {one.status_code, page.status_code, again.status_code} == {404}
        assert (every, queue) == ([], [])
