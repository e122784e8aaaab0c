"""A hundred documents, while host, reader, PostgreSQL and Azurite are killed one at a time."""

from collections.abc import Callable

import pytest

from tests.chaos.monkey import PARTS
from tests.chaos.outcome import Outcome


def test_every_part_was_killed_while_documents_were_on_their_way(
    outcome: Outcome, record_property: Callable[[str, object], None]
) -> None:
    record_property("counts", "\n".join(outcome.lines()))

    assert all(outcome.counts["kills"].get(part) for part in PARTS)
    assert outcome.counts["clients"]["events repeated"] > 0


def test_every_answer_of_success_was_true(outcome: Outcome) -> None:
    assert outcome.complaints["promises"] == []


def test_an_outage_is_never_answered_as_a_bug(outcome: Outcome) -> None:
    assert "500" not in outcome.counts["answers"]


def test_every_document_and_every_run_ends(outcome: Outcome) -> None:
    assert outcome.complaints["states"] == []


def test_every_document_says_what_its_paper_says(outcome: Outcome) -> None:
    assert outcome.complaints["values"] == []


@pytest.mark.parametrize("effect", ["events", "audit", "repetitions"])
def test_nothing_has_an_effect_twice_or_none(outcome: Outcome, effect: str) -> None:
    assert outcome.complaints[effect] == []


def test_no_blob_is_orphaned_and_none_is_missing(outcome: Outcome) -> None:
    assert outcome.complaints["blobs"] == []


def test_no_story_and_no_event_is_left_over(outcome: Outcome) -> None:
    assert outcome.complaints["stories"] == []
    assert outcome.complaints["receipts"] == []


def test_neither_a_clients_file_nor_a_reader_is_left_behind(outcome: Outcome) -> None:
    assert outcome.complaints["files"] == []
    assert outcome.complaints["processes"] == []
