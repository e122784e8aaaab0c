"""Everything else a box holds: text, dates, ticks."""

import re
from collections.abc import Iterator
from itertools import pairwise

from shared.documents.understanding.cells import Cell
from shared.documents.understanding.dates import read_date
from shared.documents.understanding.ink import Row
from shared.documents.understanding.models import FieldSource
from shared.documents.understanding.values.candidate import (
    FAR,
    NEAR,
    Candidate,
    Value,
    candidate,
    inked,
    near,
    text_of,
    tidy,
    unreadable,
)

_EMPTY = re.compile(r"\W{0,2}[☐□]\W{0,2}")
ELSEWHERE = 0.05
"""Ink this share of the page's width away belongs to another box."""

_TICK = re.compile(r"yes|\W{0,2}[x✓✔☑☒√]\W{0,2}", re.IGNORECASE)


def texts(cell: Cell, name: str) -> Iterator[Candidate]:
    """What stands under the label; beside it stand other labels as well."""
    reach = FAR if cell.box.number == "14" else NEAR
    rows = [row for row in map(inked, near(cell, reach)) if row]
    under = [row for row in rows if row[0].box[1] + row[0].box[3] > 2 * cell.label[3]]
    lines = [_line(row) for row in under or rows if row[0].box[0] < cell.label[2] + ELSEWHERE]
    inks = [ink for line in lines for ink in line]
    if inks:
        certainty = 1.0 if len(lines) == 1 else 0.85
        yield candidate(cell, name, inks, Value(tidy(text_of(inks)), certainty))


def _line(row: Row) -> Row:
    """The row up to a wide gap or the next form field: there stands another box's value."""
    for position, (before, ink) in enumerate(pairwise(row), start=1):
        next_field = ink.source is FieldSource.FORM_FIELD
        if next_field or ink.box[0] - before.box[2] > ELSEWHERE:
            return row[:position]
    return row


def dates(cell: Cell, name: str) -> Iterator[Candidate]:
    for row in near(cell, NEAR):
        if found := read_date(text_of(row)):
            yield candidate(cell, name, row, Value(found.iso, found.certainty))
            return
    yield from unreadable(cell, name)


def checks(cell: Cell, name: str) -> Iterator[Candidate]:
    """A scan that shows neither tick nor empty box says nothing: OCR seldom sees ticks."""
    inks = [ink for row in near(cell, NEAR) for ink in row]
    ticks = [ink for ink in inks if _TICK.fullmatch(ink.text)]
    empty = [ink for ink in inks if _EMPTY.fullmatch(ink.text)]
    if ticks:
        yield candidate(cell, name, ticks[:1], Value("yes"))
    elif empty:
        yield candidate(cell, name, empty[:1], Value("no", 0.9))
    elif cell.source is not FieldSource.OCR:
        sureness = 0.8 * cell.certainty
        yield Candidate(name, "no", "", sureness, cell.page, cell.label, cell.source)
