"""What the ink in a box says: one candidate for each value a cell can hold."""

from collections.abc import Callable, Iterator

from shared.documents.understanding.cells import Cell
from shared.documents.understanding.forms import Holds
from shared.documents.understanding.values import money, people, remarks, states
from shared.documents.understanding.values.candidate import Candidate

__all__ = ["Candidate", "candidates"]


def candidates(cell: Cell, tax_year: int | None) -> Iterator[Candidate]:
    name = cell.box.name_in(tax_year, cell.number)
    yield from _READERS[cell.box.holds](cell, name)


_READERS: dict[Holds, Callable[[Cell, str], Iterator[Candidate]]] = {
    Holds.AMOUNT: money.amounts,
    Holds.CODED_AMOUNT: money.coded_amounts,
    Holds.DATE: remarks.dates,
    Holds.SSN: people.numbers,
    Holds.EIN: people.numbers,
    Holds.PARTY: people.parties,
    Holds.TEXT: remarks.texts,
    Holds.CHECK: remarks.checks,
    Holds.STATE_AND_ID: states.states_and_ids,
    Holds.STATE_AMOUNT: money.state_amounts,
    Holds.STATE_TEXT: states.state_texts,
}
