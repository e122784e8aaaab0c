"""Dates as they are printed, read into ISO."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from shared.documents.understanding.catalogue import load

SURE = 1.0
SETTLED = 0.95
"""Day and month could be swapped, but the page says how it writes dates."""

REPAIRED = 0.85
GUESSED = 0.6
"""Day and month could be swapped, and nothing on the page says which is which."""

_DIGIT = r"[0-9OolI|]"
_MISREAD = str.maketrans("OolI|", "00111")
_YEAR = r"(?:[12][09O]\d\d|\d\d)"
_END = r"(?= [T ]?\d{1,2}[:.]\d\d | (?!\w|/\d|-\d(?!\d?[/.])) | [A-Z]{2,}\b)"
_NUMERIC = re.compile(
    rf"(?: (?<![\w/-]) | (?<=\d{{4}}-) ) (?<!\d[.,]) "
    rf"(?P<first>{_DIGIT}{{1,2}}) \s?(?P<mark>[-/.])\s? "
    rf"(?P<second>{_DIGIT}{{1,2}}) \s?(?P=mark)\s? (?P<year>{_YEAR}) {_END}",
    re.VERBOSE,
)
_YEAR_FIRST = re.compile(
    rf"(?<![\w/-]) (?P<year>(?:19|20)\d\d) \s?(?P<mark>[-/.])\s? "
    rf"(?P<month>{_DIGIT}{{1,2}}) \s?(?P=mark)\s? (?P<day>{_DIGIT}{{1,2}}) (?=T|{_END})",
    re.VERBOSE,
)
_COMPACT = re.compile(r"(?<![\w.,/-])(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?![\w/.,-])")


class DateOrder(StrEnum):
    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"


class FoundDate(NamedTuple):
    """A date in a longer text; ``certainty`` is about its reading, not about its meaning."""

    iso: str
    certainty: float
    start: int
    end: int


@cache
def _vocabulary() -> tuple[dict[str, int], dict[DateOrder, re.Pattern[str]]]:
    data = load("dates")
    months = {name: int(number) for number, names in data["months"].items() for name in names}
    signs = {
        order: re.compile("|".join(data["order"][order]), re.IGNORECASE) for order in DateOrder
    }
    return months, signs


@cache
def _named() -> tuple[re.Pattern[str], ...]:
    months, _ = _vocabulary()
    month = "|".join(sorted(months, key=len, reverse=True))
    gap = r"(?:\s|[-/.,']\s?)?"
    return (
        re.compile(
            rf"(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|e)?{gap}(?:of\s)?(?P<month>{month})\.?{gap}"
            rf"(?P<year>{_YEAR}){_END}",
            re.IGNORECASE | re.VERBOSE,
        ),
        re.compile(
            rf"(?<![a-z])(?P<month>{month})\.?{gap}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
            rf"(?:\s?[-/.,']\s?|\s)(?P<year>{_YEAR}){_END}",
            re.IGNORECASE | re.VERBOSE,
        ),
    )


def date_order(text: str) -> DateOrder | None:
    """How the document writes dates, or ``None`` when nothing on it says so.

    A number over 12 where a month could stand settles it; otherwise its country does.
    """
    orders = {order for match in _NUMERIC.finditer(text) if (order := _forced_order(match))}
    if len(orders) == 1:
        return orders.pop()
    _, signs = _vocabulary()
    day_first = len(signs[DateOrder.DAY_FIRST].findall(text))
    month_first = len(signs[DateOrder.MONTH_FIRST].findall(text))
    if day_first == month_first:
        return None
    return DateOrder.DAY_FIRST if day_first > month_first else DateOrder.MONTH_FIRST


def read_date(text: str, order: DateOrder | None = None) -> FoundDate | None:
    """The first date in the text."""
    return next(find_dates(text, order), None)


def find_dates(text: str, order: DateOrder | None = None) -> Iterator[FoundDate]:
    """The dates in the text, from left to right."""
    plain = _without_accents(text)
    found = [*_named_dates(plain), *_year_first_dates(plain), *_numeric_dates(plain, order)]
    end = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start >= end:
            yield one
            end = one.end


def _named_dates(text: str) -> Iterator[FoundDate]:
    months, _ = _vocabulary()
    for pattern in _named():
        for match in pattern.finditer(text):
            month = months[match["month"].lower()]
            if iso := _iso(match["year"], month, int(match["day"])):
                yield FoundDate(iso, SURE, match.start(), match.end())


def _year_first_dates(text: str) -> Iterator[FoundDate]:
    for pattern in (_YEAR_FIRST, _COMPACT):
        for match in pattern.finditer(text):
            month, day = _number(match["month"]), _number(match["day"])
            if iso := _iso(match["year"], month, day):
                yield FoundDate(iso, _certainty(match), match.start(), match.end())


def _numeric_dates(text: str, order: DateOrder | None) -> Iterator[FoundDate]:
    for match in _NUMERIC.finditer(text):
        first, second = _number(match["first"]), _number(match["second"])
        believed = _forced_order(match) or order
        certainty = SETTLED if order else GUESSED
        if first == second or _forced_order(match):
            certainty = SURE
        month, day = (second, first) if believed is DateOrder.DAY_FIRST else (first, second)
        if iso := _iso(match["year"], month, day):
            yield FoundDate(iso, min(certainty, _certainty(match)), match.start(), match.end())


def _forced_order(match: re.Match[str]) -> DateOrder | None:
    first, second = _number(match["first"]), _number(match["second"])
    if first > 12 >= second > 0:  # noqa: PLR2004
        return DateOrder.DAY_FIRST
    if second > 12 >= first > 0:  # noqa: PLR2004
        return DateOrder.MONTH_FIRST
    return DateOrder.DAY_FIRST if match["mark"] == "." else None


def _certainty(match: re.Match[str]) -> float:
    return SURE if match[0] == match[0].translate(_MISREAD) else REPAIRED


def _number(text: str) -> int:
    return int(text.translate(_MISREAD))


def _iso(year: str, month: int, day: int) -> str | None:
    number = _number(year)
    if len(year) == 2:  # noqa: PLR2004
        number += 2000 if number < 70 else 1900  # noqa: PLR2004
    try:
        return date(number, month, day).isoformat()
    except ValueError:
        return None


def _without_accents(text: str) -> str:
    """The same text, letter for letter, without accents, so that positions stay."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)
