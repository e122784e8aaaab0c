"""Who issued an invoice or receipt, and where they are."""

import re
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from shared.documents.understanding.commerce import blocks, names
from shared.documents.understanding.commerce.rows import Row, Spot
from shared.documents.understanding.commerce.sheet import DATE_ROLES, Sheet

HEAD = 12
"""The issuer stands in the first rows of the page, unless a label says so further down."""

CLEAR = 0.7
"""A label as plain as this starts no name."""

FIRST = 1.5
LABELLED = 3.0
IN_DOMAIN = 2.0
REPEATED = 0.7
ABOVE_ITS_ADDRESS = 0.8
PLACE_ALONE = 2.0
"""At most, when only its place on the page speaks for a name: it may be the customer's."""

ANOTHER_LABEL = -3.0
FADING = 24
"""Looks count for less further down: nothing after this many rows."""

LONGEST_ADDRESS = 7


class Party(NamedTuple):
    """A name, the lines it stands on, and the points that speak for it."""

    name: str
    spots: tuple[Spot, ...]
    points: float


class Address(NamedTuple):
    text: str
    spots: tuple[Spot, ...]


def vendor(sheet: Sheet) -> Party | None:
    """The issuer's name: a company's name at the head of the page, or the one labelled so."""
    best = max(candidates(sheet), key=lambda party: party.points, default=None)
    return _with_line_above(sheet, best) if best else None


def candidates(sheet: Sheet) -> list[Party]:
    """What can be a name on the first page, with its points."""
    if not sheet.rows:
        return []
    head = _Head(sheet)
    return [party for party in head.parties() if party.points > 0]


def address(sheet: Sheet, party: Party) -> Address | None:
    """The lines of a place that follow the issuer's name."""
    name = party.spots[-1]
    index = sheet.rows.index(name.row)
    found: list[Spot] = []
    for row in sheet.rows[index + 1 : index + 1 + LONGEST_ADDRESS]:
        cell = blocks.cell_under(row, name)
        if row.page is not name.row.page or cell is None:
            continue
        if names.is_place(cell.text):
            found.append(cell)
        elif found or names.is_reach(cell.text) or any(blocks.headings(row, "customers")):
            break
    text = ", ".join(spot.text.strip(names.EDGES) for spot in found)
    return Address(text, tuple(found)) if found else None


class _Head:
    """The first page, prepared for the same questions about every name on it."""

    def __init__(self, sheet: Sheet) -> None:
        self._rows = [row for row in sheet.rows if row.page is sheet.rows[0].page]
        self._text = sheet.text
        self._usual_height = median(row.height for row in self._rows)
        self._customers = blocks.of_customers(self._rows)
        self._domains = " ".join(re.findall(r"(?:@|www\.)[\w.-]+", sheet.text)).lower()
        self._labelled = {
            (row, label.start)
            for row, labels in zip(sheet.rows, sheet.labels, strict=True)
            for label in labels
            if label.strength >= CLEAR and label.role not in DATE_ROLES
        }

    def parties(self) -> Iterator[Party]:
        for index, row in enumerate(self._rows):
            named = {cell.start for cell in blocks.of_vendor(self._rows, index)}
            for cell in row.cells():
                is_named = cell.start in named
                name = names.name_in(cell)
                is_candidate = names.is_long_enough(name) and cell.text not in self._customers
                if is_candidate and (is_named or index < HEAD):
                    points = self._points(index, name, cell, is_named=is_named)
                    yield Party(name, (cell,), points)

    def _points(self, index: int, name: str, cell: Spot, *, is_named: bool) -> float:
        looks = names.looks(name, cell, self._usual_height)
        if looks > 0:
            looks *= max(0.0, 1 - index / FADING)
        place = LABELLED if is_named else FIRST * max(0.0, 1 - index / 8)
        in_domain = self._is_in_domain(name)
        traits = (
            (in_domain, IN_DOMAIN),
            (self._text.count(name) > 1, REPEATED),
            (self._is_above_address(index, cell), ABOVE_ITS_ADDRESS),
            (
                (cell.row, cell.start) in self._labelled and name in cell.text,
                ANOTHER_LABEL,
            ),
        )
        points = looks + place + sum(points for holds, points in traits if holds)
        is_told = is_named or in_domain or names.is_of_a_company(name)
        return points if is_told else min(points, PLACE_ALONE)

    def _is_in_domain(self, name: str) -> bool:
        return any(word in self._domains for word in re.findall(r"[^\W\d_]{4,}", name.lower()))

    def _is_above_address(self, index: int, cell: Spot) -> bool:
        """Whether a place follows, with at most a line between, as a registration number."""
        below = (blocks.cell_under(row, cell) for row in self._rows[index + 1 : index + 3])
        return any(names.is_place(spot.text) for spot in below if spot)


def _with_line_above(sheet: Sheet, party: Party) -> Party:
    """A name on two lines ends in words that are no name by themselves."""
    below = party.spots[0]
    index = sheet.rows.index(below.row)
    above = _cell_above(sheet.rows[:index], below) if names.is_generic(party.name) else None
    if above is None or names.looks(names.name_in(above), above, above.row.height) < 0:
        return party
    if not names.is_wholly_generic(party.name) and not names.is_of_a_trade(above.text):
        return party
    name = f"{names.name_in(above)} {party.name}"
    return party._replace(name=name, spots=(above, *party.spots))


def _cell_above(rows: tuple[Row, ...], spot: Spot) -> Spot | None:
    return blocks.cell_under(rows[-1], spot) if rows else None
