"""How what was found becomes a field: its place on the page, its source, how sure it is."""

from collections.abc import Sequence
from itertools import pairwise

from shared.documents.understanding.commerce.rows import Spot
from shared.documents.understanding.layout import union
from shared.documents.understanding.models import FieldSource, FieldValue

Scale = Sequence[tuple[float, float]]
"""Points and the share of values with so many points that were right, both rising."""

WORTH_SHOWING = 0.3
"""A guess that is more often wrong than this is no help to a reviewer."""


def confidence(points: float, scale: Scale) -> float:
    """The share that the points stand for, in a straight line between the steps of the scale."""
    if points <= scale[0][0]:
        return scale[0][1]
    for (low, low_share), (high, high_share) in pairwise(scale):
        if points <= high:
            return low_share + (high_share - low_share) * (points - low) / (high - low)
    return scale[-1][1]


def printed(name: str, value: str, spots: Sequence[Spot], sure: float) -> FieldValue:
    """A value that stands on the page; faint print lowers how sure it is."""
    legibility = min(spot.legibility for spot in spots)
    return FieldValue(
        name=name,
        value=value,
        raw=" ".join(spot.text.strip() for spot in spots),
        confidence=round(sure * (0.5 + 0.5 * min(1.0, legibility / 0.9)), 3),
        page=spots[0].page_number,
        box=union(spot.box for spot in spots),
        source=FieldSource(spots[0].source.value),
    )


def derived(name: str, value: str, page: int, sure: float) -> FieldValue:
    """A value that stands nowhere but follows from others."""
    return FieldValue(
        name=name,
        value=value,
        raw=None,
        confidence=round(sure, 3),
        page=page,
        box=None,
        source=FieldSource.DERIVED,
    )


def unreadable(name: str, source: FieldSource) -> FieldValue:
    return FieldValue(
        name=name, value=None, raw=None, confidence=0.0, page=None, box=None, source=source
    )
