"""The boxes of state taxes that hold words: a row for each state."""

import re
from collections.abc import Iterator

from shared.documents.understanding.cells import Cell
from shared.documents.understanding.ink import Row
from shared.documents.understanding.values.candidate import (
    NEAR,
    Candidate,
    Value,
    candidate,
    inked,
    near,
    text_of,
)

_STATE = re.compile(r"[A-Z]{2}")


def state_texts(cell: Cell, name: str) -> Iterator[Candidate]:
    rows = [row for row in map(inked, near(cell, NEAR)) if row]
    for suffix, row in zip(("", "_2"), rows, strict=False):
        yield candidate(cell, name + suffix, row, Value(text_of(row)))


def states_and_ids(cell: Cell, name: str) -> Iterator[Candidate]:
    rows = [row for row in map(inked, near(cell, NEAR)) if row]
    for suffix, row in zip(("", "_2"), rows, strict=False):
        state, number = row[:1], row[1:]
        if not _STATE.fullmatch(text_of(state).strip(" .|")):
            state, number = _split_state(row)
        if state:
            yield candidate(cell, name + suffix, state, Value(text_of(state)[:2].upper()))
        if number:
            digits = re.sub(r"^[A-Z]{2}\s+", "", text_of(number).strip(" |"))
            yield candidate(cell, f"{name}_id{suffix}", number, Value(digits))


def _split_state(row: Row) -> tuple[Row, Row]:
    """The state and the number may have been read as one word."""
    if re.match(r"[A-Z]{2}\W*\d", row[0].text):
        first = row[0]
        number = first._replace(text=first.text[2:].lstrip(" |"))
        return (first,), (number, *row[1:])
    return (), row
