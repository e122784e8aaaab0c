"""When an invoice or receipt was issued and when it is due."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.documents.understanding.commerce.sheet import Day

UNNAMED = 0.3
"""What an unlabelled date counts for: most receipts print only the one that matters."""

OF_SOMETHING_ELSE = 0.1
REPEATED = 0.15
FIRST = 0.1


class Dating(NamedTuple):
    day: Day
    points: float


def issued(days: Iterable[Day]) -> Dating | None:
    """The date of the document: the one labelled so, or else the first."""
    candidates = [day for day in days if day.role != "due_date"]
    datings = [
        Dating(
            day,
            _named(day)
            + REPEATED * min(2, sum(other.date.iso == day.date.iso for other in candidates) - 1)
            + FIRST * (1 - position / len(candidates)),
        )
        for position, day in enumerate(candidates)
    ]
    return max(datings, key=lambda dating: dating.points, default=None)


def due(days: Iterable[Day]) -> Dating | None:
    datings = [Dating(day, day.strength) for day in days if day.role == "due_date"]
    return max(datings, key=lambda dating: dating.points, default=None)


def _named(day: Day) -> float:
    if day.role == "date":
        return max(UNNAMED, day.strength)
    return OF_SOMETHING_ELSE if day.role == "other_date" else UNNAMED
