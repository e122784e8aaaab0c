"""Amounts: alone, in a row for each state, or behind a code."""

import re
from collections.abc import Iterator

from shared.documents.understanding.amounts import read_amount
from shared.documents.understanding.cells import Cell
from shared.documents.understanding.ink import Ink, Row
from shared.documents.understanding.models import FieldSource
from shared.documents.understanding.values.candidate import (
    NEAR,
    Candidate,
    Value,
    candidate,
    near,
    runs,
    text_of,
    unreadable,
)

_CODE = re.compile(r"[A-Z]{1,2}")


def amounts(cell: Cell, name: str) -> Iterator[Candidate]:
    for row in near(cell, NEAR):
        for run in runs(row):
            if found := read_money(text_of(run), run[0].source):
                yield candidate(cell, name, run, found)
                return
    yield from unreadable(cell, name)


def state_amounts(cell: Cell, name: str) -> Iterator[Candidate]:
    rows = [_first_money(row) for row in near(cell, NEAR)]
    for suffix, found in zip(("", "_2"), filter(None, rows), strict=False):
        run, reading = found
        yield candidate(cell, name + suffix, run, reading)


def coded_amounts(cell: Cell, name: str) -> Iterator[Candidate]:
    """A code of one or two letters, then the amount.

    The word "Code" stands there as well, upright and small, and C and D are codes too: the ink's
    height tells them apart.
    """
    for row in near(cell, NEAR):
        found = _coded(row)
        if found:
            code, run, money = found
            yield candidate(cell, name, run, money)
            if code:
                yield candidate(cell, f"{name}_code", (code,), Value(code.text.strip(" |")))
            return


def read_money(text: str, source: FieldSource) -> Value | None:
    """Whole dollars are usual in a typed form; a scan may have lost the point."""
    compact = re.sub(r"\s+", "", text).lstrip("$")
    amount = read_amount(compact)
    if amount is None:
        return None
    has_cents = re.search(r"\.\d\d\)?-?$", compact) is not None
    unusual = 0.97 if source is not FieldSource.OCR else 0.85
    certainty = (1.0 if has_cents else unusual) * (0.8 if amount.repaired else 1.0)
    return Value(amount.value, certainty)


def _first_money(row: Row) -> tuple[tuple[Ink, ...], Value] | None:
    for run in runs(row):
        if found := read_money(text_of(run), run[0].source):
            return run, found
    return None


def _coded(row: Row) -> tuple[Ink | None, tuple[Ink, ...], Value] | None:
    for position, ink in enumerate(row):
        for end in range(len(row), position, -1):
            run = row[position:end]
            money = read_money(text_of(run), ink.source)
            if money and re.search(r"\d", ink.text):
                height = 0.6 * (ink.box[3] - ink.box[1])
                codes = [
                    before
                    for before in row[:position]
                    if before.box[3] - before.box[1] >= height
                    and _CODE.fullmatch(before.text.strip(" |"))
                ]
                return (codes[-1] if codes else None), run, money
    return _glued(row)


def _glued(row: Row) -> tuple[Ink | None, tuple[Ink, ...], Value] | None:
    """Code and amount read as one word."""
    for ink in row:
        match = re.fullmatch(r"([A-Z]{1,2})\W?(\d[\d,]*\.\d\d)", ink.text)
        if match and (money := read_money(match[2], ink.source)):
            return ink._replace(text=match[1]), (ink._replace(text=match[2]),), money
    return None
