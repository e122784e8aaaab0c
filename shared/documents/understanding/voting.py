"""One value out of several readings: copies of a form on a page and on its other pages agree."""

from collections.abc import Iterable
from math import prod

from shared.documents.understanding.models import FieldValue
from shared.documents.understanding.values import Candidate

SUREST = 0.995
"""No number of agreeing copies makes a reading certain."""


def elect(candidates: Iterable[Candidate]) -> tuple[FieldValue, ...]:
    """The winner for each field, in the order in which the fields were first seen."""
    ballots: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        ballots.setdefault(candidate.name, []).append(candidate)
    return tuple(_winner(ballot) for ballot in ballots.values())


def _winner(ballot: list[Candidate]) -> FieldValue:
    votes: dict[str | None, list[Candidate]] = {}
    for candidate in ballot:
        votes.setdefault(_sameness(candidate.value), []).append(candidate)
    votes_cast = sum(candidate.confidence for candidate in ballot)
    supporters = max(votes.values(), key=lambda party: sum(one.confidence for one in party))
    best = max(supporters, key=lambda candidate: candidate.confidence)
    support = sum(candidate.confidence for candidate in supporters)
    agreed = 1 - prod(1 - candidate.confidence for candidate in supporters)
    share = support / votes_cast if votes_cast else 0.0
    return FieldValue(
        name=best.name,
        value=best.value,
        raw=best.raw,
        confidence=round(min(SUREST, agreed) * share if best.value else 0.0, 3),
        page=best.page,
        box=best.box,
        source=best.source,
    )


def _sameness(value: str | None) -> str | None:
    return value.casefold() if value else None
