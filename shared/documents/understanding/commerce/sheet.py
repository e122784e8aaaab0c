"""The pages of one part with what is printed on them: rows, labels, amounts and dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from shared.documents.understanding.amounts import Amount, find_amounts
from shared.documents.understanding.commerce.rows import Row, Spot, rows
from shared.documents.understanding.commerce.vocabulary import Label, Vocabulary, layout
from shared.documents.understanding.dates import DateOrder, FoundDate, date_order, find_dates
from shared.documents.understanding.layout import overlap
from shared.documents.understanding.models import Part
from shared.vendors.reading import Reading

HEADING_REACH = 4.5
"""A heading stands at most this many line heights above the value below it."""

NOT_BESIDE = 0.8
"""What a label counts for when its value stands below and not beside it."""

UNCLEAR = 0.6
"""What a number without cents or currency counts for as an amount."""

NOT_LAST = 0.5
"""What an amount counts for when another follows it on its row."""

IN_SUMMARY = 0.3
"""What a total counts for inside the tax summary at the foot of a receipt."""


Labels: TypeAlias = tuple[tuple[Label, ...], ...]
"""The labels of each row."""

DATE_ROLES = frozenset({"date", "due_date", "other_date", "period", "period_start", "period_end"})
UNLABELLED = Label("", 0.2, 0, 0)


class Value(NamedTuple):
    """An amount where it stands, and the label that names it; no role when nothing does."""

    amount: Amount
    role: str
    strength: float
    spot: Spot

    @property
    def cents(self) -> int:
        return self.amount.cents


class Day(NamedTuple):
    """A date where it stands, and the label that names it."""

    date: FoundDate
    role: str
    strength: float
    spot: Spot


@dataclass(frozen=True, eq=False)
class Sheet:
    rows: tuple[Row, ...]
    labels: Labels
    order: DateOrder | None

    @property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)

    def values(self) -> tuple[Value, ...]:
        """Every amount on the part's pages."""
        summaries = self._in_summary()
        return tuple(
            value._replace(strength=value.strength * (IN_SUMMARY if index in summaries else 1))
            for index in range(len(self.rows))
            for value in self._row_values(index)
        )

    def days(self) -> Iterator[Day]:
        """Every date, with the label that names it or an empty role."""
        for index, row in enumerate(self.rows):
            for date in find_dates(row.text, self.order):
                spot = row.spot(date.start, date.end)
                label = self._label_of(index, spot, self._of_dates) or UNLABELLED
                yield Day(date, label.role, label.strength, spot)

    @cached_property
    def _of_dates(self) -> Labels:
        return tuple(
            tuple(label for label in row if label.role in DATE_ROLES) for row in self.labels
        )

    @cached_property
    def _of_amounts(self) -> Labels:
        return tuple(
            tuple(label for label in row if label.role not in DATE_ROLES) for row in self.labels
        )

    def _label_of(self, index: int, spot: Spot, labels: Labels) -> Label | None:
        """The label that names what stands there: the nearest at its left, or its heading."""
        before = [label for label in labels[index] if label.end <= spot.start]
        if before:
            return before[-1]
        cell = next(cell for cell in spot.row.cells() if cell.start <= spot.start < cell.end)
        if re.search(r"[^\W\d_]{3}", _without_numbers(spot.row.text[cell.start : spot.start])):
            return None
        return self._heading(index, spot, labels) or self._neighbour(index, labels)

    def below(self, index: int, label: Label) -> Iterator[tuple[int, Spot]]:
        """What stands in the column under the label, nearest row first."""
        row = self.rows[index]
        left, _, _, low = row.spot(label.start, label.end).box
        right = min(
            (
                row.spot(next_.start, next_.end).box[0]
                for next_ in self.labels[index]
                if next_.start >= label.end
            ),
            default=1.0,
        )
        for lower in range(index + 1, min(index + 4, len(self.rows))):
            under = self.rows[lower]
            if under.page is not row.page or under.words[0].box[1] - low > 3 * row.height:
                return
            for cell in under.cells():
                if cell.box[2] > left and cell.box[0] < right - row.height / 2:
                    yield lower, cell
                    break

    def _row_values(self, index: int) -> Iterator[Value]:
        row = self.rows[index]
        dates = list(find_dates(row.text, self.order))
        found = [
            one
            for one in find_amounts(row.text)
            if not any(date.start < one.end and one.start < date.end for date in dates)
        ]
        spots = [row.spot(one.start, one.end) for one in found]
        labels = [self._label_of(index, spot, self._of_amounts) or UNLABELLED for spot in spots]
        followers = [*labels[1:], None][: len(labels)]
        for one, spot, label, follower in zip(found, spots, labels, followers, strict=True):
            strength = label.strength * (1 if one.is_money else UNCLEAR)
            strength *= NOT_LAST if label == follower else 1
            yield Value(one.amount, label.role, strength, spot)

    def _heading(self, index: int, spot: Spot, labels: Labels) -> Label | None:
        left, top, right, _ = spot.box
        for upper in range(index - 1, max(-1, index - 4), -1):
            row = self.rows[upper]
            if row.page is not spot.row.page:
                return None
            if top - row.words[0].box[1] > HEADING_REACH * spot.row.height:
                return None
            if any(layout("columns").find(row.text)):
                return None
            for label in labels[upper]:
                box = row.spot(label.start, label.end).box
                if overlap((left, right), (box[0], box[2])) > 0:
                    return label._replace(strength=label.strength * NOT_BESIDE)
        return None

    def _neighbour(self, index: int, labels: Labels) -> Label | None:
        """The lone label of a row without any amount, right above or right below."""
        if len(list(find_amounts(self.rows[index].text))) != 1:
            return None
        for other in (index - 1, index + 1):
            if 0 <= other < len(self.rows) and len(labels[other]) == 1:
                near = abs(self.rows[other].middle - self.rows[index].middle)
                is_bare = not any(one.is_money for one in find_amounts(self.rows[other].text))
                if is_bare and near < 2 * self.rows[index].height:
                    label = labels[other][0]
                    return label._replace(strength=label.strength * NOT_BESIDE)
        return None

    def _in_summary(self) -> frozenset[int]:
        inside: set[int] = set()
        is_inside = False
        for index, row in enumerate(self.rows):
            roles = {label.role for label in self.labels[index]}
            if any(layout("summaries").find(row.text)):
                is_inside = True
            elif roles & {"paid", "change", "rounding"}:
                is_inside = False
            if is_inside:
                inside.add(index)
        return frozenset(inside)


def sheet(reading: Reading, part: Part, vocabulary: Vocabulary) -> Sheet:
    printed = tuple(
        row for page in reading.pages if page.number in part.pages for row in rows(page)
    )
    return Sheet(
        rows=printed,
        labels=tuple(vocabulary.labels(row) for row in printed),
        order=date_order("\n".join(row.text for row in printed)),
    )


def _without_numbers(text: str) -> str:
    return re.sub(r"\S*\d\S*", " ", text)
