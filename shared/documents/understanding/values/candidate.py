"""One reading of one field, and the ink it is read from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from shared.documents.understanding.cells import Cell
from shared.documents.understanding.forms import Holds
from shared.documents.understanding.ink import Ink, Row
from shared.documents.understanding.layout import plain, union
from shared.documents.understanding.models import FieldSource
from shared.vendors.reading import Box

NEAR = 8.0
"""A value stands at most this many heights of its label below it."""

FAR = 14.0
"""Names, addresses and remarks may take several lines."""

TYPED = {FieldSource.TEXT_LAYER: 0.97, FieldSource.FORM_FIELD: 0.99}

SHAPED = frozenset(
    {Holds.AMOUNT, Holds.CODED_AMOUNT, Holds.STATE_AMOUNT, Holds.SSN, Holds.EIN, Holds.DATE}
)
SHAPE_REMOVES = 0.6
"""What is left of OCR's doubt about a number that has the shape its box asks for."""

LOWEST, HIGHEST = 0.002, 0.012
"""A line of a label is of a height between these shares of the page's."""

YEAR_HEIGHT = 2.0
NUMBER_HEIGHT = 1.2
"""The year is this many times as high as a label, and no box number is."""

NEIGHBOURS = 0.02
"""Words nearer than this share of the page's width belong together."""

WORDS_APART = 1.6
"""Ink further apart than this many heights is not one value."""

_YEAR = re.compile(r"20[0-4]\d")
_BARE = re.compile(r"\d{1,2}[a-d]?")


class Candidate(NamedTuple):
    """One reading of one field in one place; ``value`` is ``None`` for ink nobody can read."""

    name: str
    value: str | None
    raw: str
    confidence: float
    page: int
    box: Box
    source: FieldSource


class Value(NamedTuple):
    """A value and how far its form alone can be trusted."""

    value: str | None
    certainty: float = 1.0


UNREADABLE = Value(None, 0.3)


def candidate(cell: Cell, name: str, inks: Sequence[Ink], reading: Value) -> Candidate:
    return Candidate(
        name=name,
        value=reading.value,
        raw=" ".join(ink.text for ink in inks),
        confidence=_seen(cell, inks) * cell.certainty * reading.certainty,
        page=cell.page,
        box=union(ink.box for ink in inks),
        source=inks[0].source,
    )


def _seen(cell: Cell, inks: Sequence[Ink]) -> float:
    """How surely the ink was seen.

    Words wrong in one letter rarely still have a number's shape, so numbers are surer than OCR
    says; prose is as sure as its words, the worst counting most.
    """
    if inks[0].source is not FieldSource.OCR:
        return TYPED[inks[0].source]
    worst = min(ink.confidence for ink in inks)
    if cell.box.holds in SHAPED:
        return 1 - (1 - worst) * SHAPE_REMOVES
    return (worst + fmean(ink.confidence for ink in inks)) / 2


def near(cell: Cell, reach: float) -> Iterator[Row]:
    """The rows in reach of the label: far below stands what belongs to a label we missed."""
    lowest = cell.label[3] + reach * label_height(cell)
    for row in cell.rows:
        inks = tuple(ink for ink in row if not _is_print(ink, row, cell))
        if inks and inks[0].box[1] <= lowest:
            yield inks


def label_height(cell: Cell) -> float:
    """The height of one line of the label, however many lines it takes."""
    return min(max(cell.label[3] - cell.label[1], LOWEST), HIGHEST)


def _is_print(ink: Ink, row: Row, cell: Cell) -> bool:
    """The form's year in large type, or the number of a box whose label was not found."""
    if ink.source is FieldSource.FORM_FIELD:
        return False
    heights = (ink.box[3] - ink.box[1]) / label_height(cell)
    if _YEAR.fullmatch(ink.text):
        return heights > YEAR_HEIGHT
    if heights > NUMBER_HEIGHT or not _BARE.fullmatch(ink.text):
        return False
    has_company = any(0 <= other.box[0] - ink.box[2] < NEIGHBOURS for other in row)
    return not has_company and not any("$" in other.text for other in row)


def runs(row: Row) -> Iterator[tuple[Ink, ...]]:
    """Ink side by side that can be one value."""
    run = [row[0]]
    for before, ink in pairwise(row):
        apart = ink.box[0] - before.box[2]
        fields = FieldSource.FORM_FIELD in (before.source, ink.source)
        if fields or apart > WORDS_APART * (before.box[3] - before.box[1]):
            yield tuple(run)
            run = []
        run.append(ink)
    yield tuple(run)


def text_of(inks: Iterable[Ink]) -> str:
    return " ".join(ink.text for ink in inks)


def inked(row: Row) -> Row:
    return tuple(ink for ink in row if plain(ink.text))


def tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;|")


def unreadable(cell: Cell, name: str) -> Iterator[Candidate]:
    """Short ink with digits right under the label is a value nobody could read."""
    for row in list(near(cell, NEAR / 2))[:1]:
        for run in runs(row):
            letters = plain(text_of(run))
            digits = sum(letter.isdigit() for letter in letters)
            if digits >= 2 and digits * 2 >= len(letters) and len(letters) < 14:  # noqa: PLR2004
                yield candidate(cell, name, run, UNREADABLE)
                return
