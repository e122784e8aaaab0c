"""The fields of a bank statement."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from shared.documents.understanding.commerce import parties, values
from shared.documents.understanding.commerce.rows import Row, Spot
from shared.documents.understanding.commerce.sheet import Day, Sheet, Value, sheet
from shared.documents.understanding.commerce.vocabulary import statements
from shared.documents.understanding.dates import FoundDate, find_dates
from shared.documents.understanding.models import FieldValue, Part
from shared.vendors.reading import Reading

NAME = ((0.5, 0.4), (1.5, 0.7), (3.0, 0.9), (6.0, 0.95))
BALANCE = ((0.2, 0.3), (0.4, 0.5), (0.8, 0.88), (1.0, 0.94), (1.3, 0.97))
CONSISTENT = 0.3
"""What it adds when one balance leads to the other through the sums printed between them."""

ACCOUNT = 0.96
FOUR_DIGITS = 0.7
PERIOD = 0.95
BORROWED = 0.92
UNNAMED = 0.85
LONGEST = 100
"""No statement covers more days than a quarter and some."""

_PERIOD_ROLES = frozenset({"period", "period_start", "period_end", "account"})
_JOINTS = frozenset({"-", "\u2013", "\u2014", "to", "through", "thru", "until", "and"})

_ACCOUNT = re.compile(r"[\s:#.]*(?P<number>(?:[\dXx*\u2022.][\s-]?)*\d{4})(?!\d)")
_BANK = re.compile(
    r"\b(?:bank|credit union|bancorp|trust|savings|financial|n\.?a\.?)\b", re.IGNORECASE
)
_OPEN_START = re.compile(
    r"(?P<start>[A-Za-z]{3,9}\.? ?\d{1,2})(?:st|nd|rd|th)?\s*(?:-|\u2013|to|through|thru)\s*$"
)


class Period(NamedTuple):
    start: str
    end: str
    spots: tuple[Spot, Spot]
    sure: float


def fields(reading: Reading, part: Part) -> Iterator[FieldValue]:
    pages = sheet(reading, part, statements())
    if not pages.rows:
        return
    if institution := _institution(pages):
        sure = values.confidence(institution.points, NAME)
        yield values.printed("institution", institution.name, institution.spots, sure)
    if account := _account(pages):
        text, spot, sure = account
        yield values.printed("account_last4", text, [spot], sure)
    if period := _period(pages):
        yield values.printed("period_start", period.start, [period.spots[0]], period.sure)
        yield values.printed("period_end", period.end, [period.spots[1]], period.sure)
    yield from _balances(pages)


def _institution(pages: Sheet) -> parties.Party | None:
    """The bank's name: a name at the head of the page, the more so if it says that it is a bank."""
    found = [
        party._replace(points=party.points + (2.0 if _BANK.search(party.name) else 0.0))
        for party in parties.candidates(pages)
    ]
    return max(found, key=lambda party: party.points, default=None)


def _account(pages: Sheet) -> tuple[str, Spot, float] | None:
    """The last four digits of the account, masked or not."""
    for index, labels in enumerate(pages.labels):
        for label in labels:
            if label.role != "account":
                continue
            row = pages.rows[index]
            spots = [row.spot(label.end), *(spot for _, spot in pages.below(index, label))]
            for spot in spots[:2]:
                if match := _ACCOUNT.match(spot.text):
                    return _last_four(spot, match)
    return None


def _last_four(spot: Spot, match: re.Match[str]) -> tuple[str, Spot, float]:
    """Four digits alone may be something else, unless the label says that they end the number."""
    number = re.sub(r"[^\dXx*\u2022]", "", match["number"])
    is_whole = len(number) > len("1234") or "ending" in spot.row.text.lower()
    place = spot.row.spot(spot.start + match.start("number"), spot.start + match.end("number"))
    return number[-4:], place, ACCOUNT if is_whole else FOUR_DIGITS


def _period(pages: Sheet) -> Period | None:
    return _range(pages) or _ends(list(pages.days()))


def _range(pages: Sheet) -> Period | None:
    """Two dates on one row or under one another that the word "period" or a dash joins."""
    for index, row in enumerate(pages.rows):
        found = list(find_dates(row.text, pages.order))
        is_named = any(label.role in _PERIOD_ROLES for label in pages.labels[index])
        for first, second in pairwise(found):
            between = row.text[first.end : second.start].strip().lower()
            is_joined = between in _JOINTS
            if (is_joined or is_named) and _is_period(first.iso, second.iso):
                sure = PERIOD if is_joined and is_named else UNNAMED
                spots = (row.spot(first.start, first.end), row.spot(second.start, second.end))
                return Period(first.iso, second.iso, spots, sure * first.certainty)
        if found and (period := _without_year(pages, row, found[0])):
            return period
    return None


def _without_year(pages: Sheet, row: Row, end: FoundDate) -> Period | None:
    """``Jan. 1 - Jan. 31, 2020``: the first date borrows the year of the second."""
    match = _OPEN_START.search(row.text[: end.start])
    if match is None:
        return None
    year = int(end.iso[:4])
    for guess in (year, year - 1):
        start = next(find_dates(f"{match['start']}, {guess}", pages.order), None)
        if start and _is_period(start.iso, end.iso):
            first = row.spot(match.start("start"), match.end("start"))
            return Period(start.iso, end.iso, (first, row.spot(end.start, end.end)), BORROWED)
    return None


def _ends(days: Sequence[Day]) -> Period | None:
    """The two dates, where each has a label of its own."""
    starts = [day for day in days if day.role == "period_start"]
    ends = [day for day in days if day.role == "period_end"]
    for start in sorted(starts, key=lambda day: -day.strength):
        for end in sorted(ends, key=lambda day: -day.strength):
            if _is_period(start.date.iso, end.date.iso):
                sure = PERIOD * min(start.strength, end.strength, start.date.certainty)
                return Period(start.date.iso, end.date.iso, (start.spot, end.spot), sure)
    return None


def _is_period(start: str, end: str) -> bool:
    return 0 < (date.fromisoformat(end) - date.fromisoformat(start)).days <= LONGEST


def _balances(pages: Sheet) -> Iterator[FieldValue]:
    found = pages.values()
    opening = _best([value for value in found if value.role == "opening_balance"], last=False)
    closing = _best([value for value in found if value.role == "closing_balance"], last=True)
    bonus = CONSISTENT if opening and closing and _leads(opening, closing, found) else 0.0
    for name, value in (("opening_balance", opening), ("closing_balance", closing)):
        if value:
            sure = values.confidence(value.strength + bonus, BALANCE)
            yield values.printed(name, value.amount.value, [value.spot], sure)


def _best(balances: Sequence[Value], *, last: bool) -> Value | None:
    ordered = list(balances)[:: -1 if last else 1]
    return max(ordered, key=lambda value: value.strength, default=None)


def _leads(opening: Value, closing: Value, found: Sequence[Value]) -> bool:
    """Whether some of the sums in the summary, added or taken away, lead from one to the other."""
    reached = {opening.cents}
    for value in [value for value in found if value.role == "ignored" and value.strength >= 1][:8]:
        reached |= {one + value.cents for one in reached} | {one - value.cents for one in reached}
    return closing.cents in reached
