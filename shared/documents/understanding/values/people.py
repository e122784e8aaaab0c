"""Who paid and who received: names, addresses and taxpayer identification numbers."""

import re
from collections.abc import Iterator

from shared.documents.understanding import identifiers
from shared.documents.understanding.amounts import find_amounts
from shared.documents.understanding.cells import Cell
from shared.documents.understanding.forms import Holds
from shared.documents.understanding.ink import Row
from shared.documents.understanding.layout import plain
from shared.documents.understanding.models import FieldSource
from shared.documents.understanding.values.candidate import (
    FAR,
    NEAR,
    Candidate,
    Value,
    candidate,
    near,
    text_of,
    tidy,
    unreadable,
)

_PHONE = re.compile(r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}(?:\s*x\d+)?")
_ALMOST_TIN = re.compile(r"\d[\d-]{6,12}\d")


def numbers(cell: Cell, name: str) -> Iterator[Candidate]:
    read = identifiers.read_ssn if cell.box.holds is Holds.SSN else identifiers.read_ein
    for row in near(cell, NEAR):
        found = read(text_of(row)) or _malformed(row)
        if found:
            inks = [ink for ink in row if any(letter.isalnum() for letter in ink.text)]
            certainty = 1.0 if found.is_sure else 0.75
            yield candidate(cell, name, inks, Value(found.value, certainty))
            return
    yield from unreadable(cell, name)


def _malformed(row: Row) -> identifiers.Identifier | None:
    """Typed, not scanned: a number of the wrong length is what really stands there."""
    text = text_of(row).strip()
    if row[0].source is FieldSource.OCR or not _ALMOST_TIN.fullmatch(text):
        return None
    return identifiers.Identifier(text, is_sure=False)


def parties(cell: Cell, name: str) -> Iterator[Candidate]:
    """A name on the first line, the address on the others; a telephone number is neither."""
    rows = [row for row in map(_prose, near(cell, FAR)) if row]
    lines = [row for row in rows if not _PHONE.fullmatch(text_of(row))]
    if not lines:
        return
    elsewhere = [row for row in map(_prose, cell.address) if row]
    names = lines if elsewhere and len(lines) == 2 and not _is_street(lines[1]) else lines[:1]  # noqa: PLR2004
    inks = [ink for row in names for ink in row]
    yield candidate(cell, f"{name}_name", inks, Value(tidy(text_of(inks))))
    address = [*lines[len(names) :], *elsewhere]
    if address:
        text = ", ".join(tidy(_PHONE.sub("", text_of(row))) for row in address)
        inks = [ink for row in address for ink in row]
        yield candidate(cell, f"{name}_address", inks, Value(text.strip(" ,")))


def _is_street(row: Row) -> bool:
    return any(letter.isdigit() for letter in text_of(row))


def _prose(row: Row) -> Row:
    """The row without sums of money that strayed in from a neighbour, and without specks."""
    kept = tuple(
        ink
        for ink in row
        if (ink.text == "&" or any(letter.isalnum() for letter in ink.text))
        and not any(amount.is_money for amount in find_amounts(ink.text))
    )
    return kept if sum(len(plain(ink.text)) for ink in kept) > 1 else ()
