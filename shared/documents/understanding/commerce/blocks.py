"""Which cells belong together: what stands under a heading, or in the same column."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared.documents.understanding.commerce.rows import Row, Spot
from shared.documents.understanding.commerce.vocabulary import layout

BLANK_LINE = 2.6
"""Rows further apart than this many line heights have a blank line between them."""

REACH = 3
"""A heading names at most so many rows below it."""

INDENT = 3.0
"""A block may be indented by so many line heights against its heading."""

COLON = 3
"""What follows a heading on its row starts at most this many letters after it."""


def of_customers(rows: Sequence[Row]) -> frozenset[str]:
    """What stands beside or under "bill to": the customer, who is never the issuer."""
    return frozenset(
        cell.text
        for index, row in enumerate(rows)
        for heading in headings(row, "customers")
        for cell in _under(heading, rows[index : index + REACH + 1])
    )


def of_vendor(rows: Sequence[Row], index: int) -> tuple[Spot, ...]:
    """The cells of a row that "from" or "sold by" names, in this row or right above it."""
    row = rows[index]
    near = rows[max(0, index - 1) : index + 1]
    return tuple(
        cell
        for upper in near
        for heading in headings(upper, "vendors")
        for cell in row.cells()
        if _is_named(cell, heading)
    )


def headings(row: Row, name: str) -> Iterator[Spot]:
    """The labels of a list that start a cell."""
    starts = {cell.start for cell in row.cells()}
    for label in layout(name).find(row.text):
        if label.start in starts:
            yield row.spot(label.start, label.end)


def cell_under(row: Row, spot: Spot) -> Spot | None:
    """The cell of another row in the same column."""
    left, _, right, _ = spot.box
    return next((cell for cell in row.cells() if cell.box[0] < right and cell.box[2] > left), None)


def _under(heading: Spot, rows: Sequence[Row]) -> Iterator[Spot]:
    """The cells that the heading names, until a blank line."""
    yield from (cell for cell in heading.row.cells() if _is_named(cell, heading))
    for above, row in pairwise(rows):
        if row.middle - above.middle > BLANK_LINE * row.height:
            return
        yield from (cell for cell in row.cells() if _is_named(cell, heading))


def _is_named(cell: Spot, heading: Spot) -> bool:
    if cell.row is heading.row:
        holds = cell.start <= heading.start < cell.end
        return holds or 0 < cell.start - heading.end <= COLON
    return abs(cell.box[0] - heading.box[0]) < INDENT * heading.row.height
