"""Events and audit entries: as many as the runs and the decisions say, and no more."""

from collections import Counter
from collections.abc import Iterator

from tests.journeys.stack import Stack

Fact = tuple[str, str]
"""A document's id, and the name of an event or an audit entry about it."""

ASKED = "review.requested"


def events(stack: Stack) -> Iterator[str]:
    found = _counted(stack, "SELECT subject_id, topic, count(*) FROM outbox_events GROUP BY 1, 2")
    expected = _arrivals(stack) + _outcomes(stack) + _losses(stack) + _verdicts(stack)
    return _differences("event", found, expected)


def audit(stack: Stack) -> Iterator[str]:
    """Each change of a document; that a person is asked changes nothing."""
    found = _counted(
        stack,
        """
        SELECT subject_id, action, count(*)
        FROM audit_entries
        WHERE action LIKE 'document.%'
        GROUP BY 1, 2
        """,
    )
    announced = _counted(stack, "SELECT id, 'document.announced', 1 FROM documents")
    outcomes = {fact: n for fact, n in _outcomes(stack).items() if fact[1] != ASKED}
    changes = _arrivals(stack) + Counter(outcomes) + _losses(stack) + _verdicts(stack)
    return _differences("audit entry", found, announced + changes)


def _arrivals(stack: Stack) -> Counter[Fact]:
    """A run begins because a blob has come, or because a person asks for it."""
    return _counted(
        stack,
        """
        SELECT document_id,
               CASE WHEN etag IS NULL THEN 'document.reread_requested' ELSE 'document.received' END,
               count(*)
        FROM document_processing
        GROUP BY 1, 2
        """,
    )


def _outcomes(stack: Stack) -> Counter[Fact]:
    """What each run has come to is told once, and so is a duplicate that was not sent at all."""
    by_announcement = _counted(
        stack,
        """
        SELECT id, 'document.duplicated', 1
        FROM documents AS d
        WHERE state = 'duplicate' AND NOT EXISTS (
            SELECT FROM document_processing AS p
            WHERE p.document_id = d.id AND p.number = d.run AND p.outcome = 'duplicate')
        """,
    )
    return by_announcement + _counted(
        stack,
        """
        SELECT document_id,
               CASE outcome
                   WHEN 'needs_review' THEN 'review.requested'
                   WHEN 'duplicate' THEN 'document.duplicated'
                   ELSE 'document.' || outcome
               END,
               count(*)
        FROM document_processing
        WHERE outcome NOT IN ('overtaken', 'upload_lost')
        GROUP BY 1, 2
        """,
    )


def _losses(stack: Stack) -> Counter[Fact]:
    """A finding says that an upload was lost, until the same bytes are back without a new run."""
    returned = _counted(
        stack,
        """
        SELECT document_id, 'document.upload_returned', count(*)
        FROM document_versions AS v
        WHERE NOT EXISTS (
            SELECT FROM document_processing AS p
            WHERE p.document_id = v.document_id AND p.etag = v.etag)
        GROUP BY 1, 2
        """,
    )
    lost = Counter({(found, "document.upload_lost"): n for (found, _), n in returned.items()})
    return (
        returned
        + lost
        + _counted(
            stack,
            """
        SELECT document_id, 'document.upload_lost', count(*)
        FROM findings
        WHERE rule = 'upload_lost'
        GROUP BY 1, 2
        """,
        )
    )


def _verdicts(stack: Stack) -> Counter[Fact]:
    return _counted(
        stack,
        """
        SELECT document_id, 'document.' || verdict, count(*)
        FROM document_reviews
        WHERE verdict IN ('accepted', 'rejected')
        GROUP BY 1, 2
        """,
    )


def _counted(stack: Stack, query: str) -> Counter[Fact]:
    return Counter({(str(found), name): count for found, name, count in stack.rows(query)})


def _differences(what: str, found: Counter[Fact], expected: Counter[Fact]) -> Iterator[str]:
    for fact in sorted({*found, *expected}):
        if found[fact] != expected[fact]:
            document_id, name = fact
            yield f"{what} {name} of {document_id}: {found[fact]}, expected {expected[fact]}"
