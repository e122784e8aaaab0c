"""The boxes of a form on a page: where each is, and the ink that stands in it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.documents.understanding.forms import Form, FormBox, Holds
from shared.documents.understanding.grid import Grid, Post
from shared.documents.understanding.ink import Ink, Row, inks_on, rows_in, source_of
from shared.documents.understanding.labels import Anchor
from shared.documents.understanding.layout import overlap, plain
from shared.documents.understanding.models import FieldSource
from shared.documents.understanding.placement import Placed, certainty, placed_labels
from shared.vendors.reading import Box, Page

SHORTEST_REST = 5
"""Fewer letters of a label may by chance be a value."""


class Cell(NamedTuple):
    """A box of the form found on a page, with what stands in it row by row.

    ``number`` is the box number as printed; ``certainty`` is how sure the label was found;
    ``address`` holds the rows of the boxes where a party's address goes on.
    """

    box: FormBox
    page: int
    source: FieldSource
    label: Box
    number: str
    certainty: float
    rows: tuple[Row, ...]
    address: tuple[Row, ...]


def cells(page: Page, form: Form) -> tuple[Cell, ...]:
    placed = placed_labels(page, form)
    grid = Grid([Post(label.anchor.box, _is_deep(label)) for label in placed])
    inks = inks_on(page, placed, form)
    return tuple(
        _cell(page, label, placed, grid, inks)
        for label in placed
        if label.box and label.role == "label"
    )


def _is_deep(label: Placed) -> bool:
    return label.box is not None and label.box.holds is not Holds.CHECK


def _cell(
    page: Page, label: Placed, placed: Sequence[Placed], grid: Grid, inks: Sequence[Ink]
) -> Cell:
    assert label.box
    inside = [
        other.anchor.box for other in placed if other.role == "span" and other.box == label.box
    ]
    area = grid.cell(label.anchor.box, inside)
    rows = rows_in(inks, area)
    if label.box.holds is Holds.CHECK:
        rows += rows_in(inks, _before(label.anchor, page))
    return Cell(
        box=label.box,
        page=page.number,
        source=source_of(page),
        label=label.anchor.box,
        number=label.number if label.box.number else "",
        certainty=certainty(label),
        rows=tuple(row for row in rows if not _is_rest_of_label(row, label.box)),
        address=tuple(
            row
            for part in sorted(_address_labels(label, placed), key=lambda part: part.anchor.box[1])
            for row in rows_in(inks, grid.cell(part.anchor.box))
            if not _is_rest_of_label(row, label.box)
        ),
    )


def _before(anchor: Anchor, page: Page) -> Box:
    """Where a check box stands that is printed before its label."""
    first = anchor.words[0].box
    height = first[3] - first[1]
    return first[0] - 3 * height * page.height / page.width, first[1], first[0], first[3]


def _is_rest_of_label(row: Row, box: FormBox) -> bool:
    """A label's last line may stand by itself: its first was read as one line with others."""
    text = plain("".join(ink.text for ink in row))
    labels = (*box.labels, *box.address)
    return len(text) > SHORTEST_REST and any(text in plain(label) for label in labels)


def _address_labels(label: Placed, placed: Sequence[Placed]) -> Iterator[Placed]:
    """The address boxes below a party's own, down to the next party of the same name."""
    own = [other for other in placed if other.role == "label" and other.box == label.box]
    ends = [other.anchor.box[1] for other in own if other.anchor.box[1] > label.anchor.box[3]]
    for other in placed:
        below = label.anchor.box[1] <= other.anchor.box[1] < min(ends, default=1.0)
        across = (label.anchor.box[0], label.anchor.box[2])
        beneath = overlap(across, (other.anchor.box[0], other.anchor.box[2])) > 0
        if other.role == "address" and other.box == label.box and below and beneath:
            yield other
