"""The number by which an invoice or receipt is known."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from shared.documents.understanding.commerce.rows import Spot
from shared.documents.understanding.commerce.sheet import Sheet
from shared.documents.understanding.commerce.vocabulary import Label, party_words
from shared.documents.understanding.dates import find_dates

BELOW = 0.85
"""What a number under its label counts for, against one beside it."""

_NUMBER = re.compile(
    r"[\s:\uff1a;.,#=№°\"'-]*(?P<number>(?:[A-Z]{1,4}[ ])?#?[\w\-/.]*\d[\w\-/.]*)", re.ASCII
)
_AMOUNT = re.compile(r"\d+[.,]\d\d")


class Numbering(NamedTuple):
    number: str
    spot: Spot
    points: float


def number(sheet: Sheet) -> Numbering | None:
    """The document's number; the most plainly labelled, the uppermost of equals."""
    return max(_numberings(sheet), key=lambda numbering: numbering.points, default=None)


def _numberings(sheet: Sheet) -> Iterator[Numbering]:
    for index, labels in enumerate(sheet.labels):
        for label in labels:
            if label.role == "invoice_number":
                yield from _of_label(sheet, index, label)


def _of_label(sheet: Sheet, index: int, label: Label) -> Iterator[Numbering]:
    row = sheet.rows[index]
    is_weak = label.strength < 0.5  # noqa: PLR2004
    follower = next(
        (
            other
            for other in sheet.labels[index]
            if other.start >= label.end and other.role != "invoice_number"
        ),
        None,
    )
    beside = row.spot(label.end, follower.start if follower else None)
    if found := _number(beside, is_weak=is_weak):
        yield Numbering(*found, label.strength)
    elif not re.search(r"\w", beside.text) and (not is_weak or _is_a_heading(sheet, index, label)):
        for _, spot in sheet.below(index, label):
            if found := _number(spot, is_weak=is_weak):
                yield Numbering(*found, label.strength * BELOW)
                return


def _is_a_heading(sheet: Sheet, index: int, label: Label) -> bool:
    """Whether the label fills its cell in a row of several."""
    cells = list(sheet.rows[index].cells())
    return len(cells) > 1 and any((cell.start, cell.end) == label[2:] for cell in cells)


def _number(spot: Spot, *, is_weak: bool) -> tuple[str, Spot] | None:
    match = _NUMBER.match(spot.text)
    if match is None or any(date.start <= match.start("number") for date in find_dates(spot.text)):
        return None
    text = match["number"].rstrip(".-/").lstrip("#").strip()
    rest = spot.text[match.end() :]
    digits = sum(letter.isdigit() for letter in text)
    if _AMOUNT.fullmatch(text) or rest.startswith(":") or digits < (3 if is_weak else 2):
        return None
    if is_weak and party_words("places", rest):
        return None
    start = spot.start + spot.text.index(text, match.start("number"))
    return text, spot.row.spot(start, start + len(text))
