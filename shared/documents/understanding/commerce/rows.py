"""What stands side by side on a page, as the eye reads it across columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import fmean

from shared.documents.understanding.layout import Line, lines, union
from shared.vendors.reading import Box, Page, Word, WordSource

STEEPEST = 0.06
"""Photographed receipts lean by up to this much of the page's height across its width."""

CLOSE = 0.55
"""Lines whose middles are nearer than this share of their height stand on one row."""

WIDE = 2.2
"""A gap of this many letter heights parts a row into cells."""


@dataclass(frozen=True, eq=False)
class Row:
    page: Page
    words: tuple[Word, ...]
    middle: float

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each word starts in the text."""
        starts = [0]
        for word in self.words:
            starts.append(starts[-1] + len(word.text) + 1)
        return tuple(starts[:-1])

    @cached_property
    def height(self) -> float:
        return fmean(word.box[3] - word.box[1] for word in self.words)

    def spot(self, start: int = 0, end: int | None = None) -> "Spot":
        return Spot(self, start, len(self.text) if end is None else end)

    def cells(self) -> Iterator["Spot"]:
        """The parts of the row between wide gaps."""
        widest = WIDE * self.height * self.page.height / self.page.width
        first = 0
        for index, (before, word) in enumerate(pairwise(self.words), start=1):
            if word.box[0] - before.box[2] > widest:
                yield self.spot(self.starts[first], self.starts[index] - 1)
                first = index
        yield self.spot(self.starts[first])


@dataclass(frozen=True, eq=False)
class Spot:
    """A piece of a row's text, and the words it stands in."""

    row: Row
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.row.text[self.start : self.end]

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(
            word
            for word, start in zip(self.row.words, self.row.starts, strict=True)
            if start < self.end and start + len(word.text) > self.start
        )

    @property
    def box(self) -> Box:
        """The words' box; of a word that is only partly in the spot, the part by its letters."""
        return union(self._share(word) for word in self.words)

    @property
    def legibility(self) -> float:
        return min((word.confidence for word in self.words), default=0.0)

    @property
    def page_number(self) -> int:
        return self.row.page.number

    @property
    def source(self) -> WordSource:
        return self.row.page.source

    def _share(self, word: Word) -> Box:
        start = self.row.starts[self.row.words.index(word)]
        left, top, right, bottom = word.box
        letter = (right - left) / max(1, len(word.text))
        first = max(0, self.start - start)
        last = min(len(word.text), self.end - start)
        return left + first * letter, top, left + last * letter, bottom


def rows(page: Page) -> tuple[Row, ...]:
    """The rows of the page from top to bottom, straightened when the picture leans."""
    printed = [line for line in lines(page) if line.text.strip()]
    slope = 0.0 if page.source is WordSource.TEXT_LAYER else _slope(printed)
    return tuple(
        Row(
            page=page,
            words=tuple(sorted((w for line in row for w in line.words), key=lambda w: w.box[0])),
            middle=fmean(_middle(line, slope) for line in row),
        )
        for row in _side_by_side(printed, slope)
    )


def _slope(printed: Sequence[Line]) -> float:
    """The lean that lets the lines stand on the fewest rows."""
    steps = [STEEPEST * step / 15 for step in range(-15, 16)]
    return min(
        steps, key=lambda slope: (len(_side_by_side(printed, slope)) + 40 * abs(slope), abs(slope))
    )


def _side_by_side(printed: Sequence[Line], slope: float) -> list[list[Line]]:
    found: list[list[Line]] = []
    for line in sorted(printed, key=lambda line: _middle(line, slope)):
        home = next((row for row in reversed(found[-3:]) if _joins(line, row, slope)), None)
        if home is None:
            found.append([line])
        else:
            home.append(line)
    return found


def _joins(line: Line, row: Sequence[Line], slope: float) -> bool:
    """Whether the line stands beside every other on the row, and level with them."""
    height = min(_height(line), *(_height(other) for other in row), 1.0)
    apart = abs(_middle(line, slope) - fmean(_middle(other, slope) for other in row))
    slack = height / 3
    return apart < CLOSE * height and all(
        line.box[0] >= other.box[2] - slack or line.box[2] <= other.box[0] + slack for other in row
    )


def _middle(line: Line, slope: float) -> float:
    across = (line.box[0] + line.box[2]) / 2 - 0.5
    return (line.box[1] + line.box[3]) / 2 - slope * across


def _height(line: Line) -> float:
    return line.box[3] - line.box[1]
