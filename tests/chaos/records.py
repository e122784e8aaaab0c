"""What the database must say at the end; complaints in words."""

from collections.abc import Iterator

from tests.chaos.ledger import Ledger
from tests.journeys.stack import Stack

ENDED = {"accepted", "rejected", "duplicate"}


def promises(stack: Stack, ledger: Ledger) -> Iterator[str]:
    """Every announcement and every decision that was answered with success."""
    yield from ledger.broken
    ids = {str(each) for (each,) in stack.rows("SELECT id FROM documents")}
    named = {*ledger.documents.values(), *ledger.given_up, *ledger.seconds}
    yield from (f"{each} was announced and is not there" for each in named - ids)
    yield from (f"{each} is there and nobody announced it" for each in ids - named)
    rounds = stack.rows("SELECT document_id, round, verdict FROM document_reviews")
    stood = {(str(each), number): verdict for each, number, verdict in rounds}
    for decision, verdict in ledger.decisions.items():
        if stood.get(decision) != verdict:
            yield f"{decision} was decided {verdict} and stands {stood.get(decision)}"


def states(stack: Stack, ledger: Ledger) -> Iterator[str]:
    """Each document and each run of it has ended, and each round is decided and read."""
    nobody_follows = ledger.given_up | ledger.seconds
    for document_id, state in stack.rows("SELECT id, state FROM documents"):
        if state not in ENDED and str(document_id) not in nobody_follows:
            yield f"{document_id} ends as {state}"
    unfinished = "SELECT document_id, number FROM document_processing WHERE finished_at IS NULL"
    for document_id, number in stack.rows(unfinished):
        yield f"run {number} of {document_id} has not ended"
    unread = "SELECT document_id, round FROM document_reviews WHERE read_at IS NULL"
    for document_id, number in stack.rows(unread):
        yield f"nobody has read what was decided in round {number} of {document_id}"


def repetitions(stack: Stack) -> Iterator[str]:
    """A value or a finding that a step has left twice in one run."""
    for document_id, name in stack.rows(
        """
        SELECT document_id, name
        FROM extracted_fields
        GROUP BY document_id, run, name
        HAVING count(*) > 1
        """
    ):
        yield f"{document_id} has {name} twice"
    for document_id, rule in stack.rows(
        """
        SELECT document_id, rule
        FROM findings
        GROUP BY document_id, run, rule, fields, message
        HAVING count(*) > 1
        """
    ):
        yield f"{document_id} has the finding {rule} twice"
