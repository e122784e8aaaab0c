"""Whether an answer is right: exact after both sides are written one way."""

import re
from difflib import SequenceMatcher

from shared.documents.understanding.amounts import read_amount
from shared.documents.understanding.dates import DateOrder, read_date

SIMILAR = 0.85

_AMOUNTS = re.compile(r"box_\d+\w*|total|subtotal|tax|\w+_balance")
_DATES = re.compile(r"date|due_date|period_\w+|\w+_date")
_TINS = re.compile(r"\w+_(?:ssn|ein|tin)")
_NAMES = re.compile(r"\w*(?:name|address|institution)")


def is_right(name: str, answer: str, expected: tuple[str, ...], *, is_day_first: bool) -> bool:
    return any(_agree(name, answer, one, is_day_first=is_day_first) for one in expected)


def _agree(name: str, answer: str, expected: str, *, is_day_first: bool) -> bool:
    if _TINS.fullmatch(name):
        return _same_tin(answer, expected)
    if _DATES.fullmatch(name):
        date = read_date(expected, DateOrder.DAY_FIRST if is_day_first else None)
        return date is not None and date.iso == answer
    if _AMOUNTS.fullmatch(name) and (amount := read_amount(expected)):
        return read_amount(answer) == amount
    if _NAMES.fullmatch(name):
        return SequenceMatcher(None, _plain(answer), _plain(expected)).ratio() >= SIMILAR
    return _plain(answer) == _plain(expected)


def _same_tin(answer: str, expected: str) -> bool:
    """An answer masked as ``***-**-1234`` tells its last four digits only."""
    given, wanted = re.sub(r"\D", "", answer), re.sub(r"\D", "", expected)
    return given == (wanted[-4:] if "*" in answer else wanted)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
