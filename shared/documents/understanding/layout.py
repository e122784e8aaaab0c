"""Where things stand on a page: boxes, visual lines, and the columns a line falls into."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from shared.vendors.reading import Box, Page, Word

COLUMN_GAP = 1.3
"""Words of one line further apart than this many line heights belong to different columns."""

SAME_ROW = 0.5
"""Boxes of which this share of the lower stands beside the other are in one row."""


class Line(NamedTuple):
    """Words side by side, from left to right."""

    text: str
    box: Box
    words: tuple[Word, ...]


def plain(text: str) -> str:
    """Letters and digits only, in lower case: what survives OCR's spaces and punctuation."""
    return "".join(filter(str.isalnum, text.lower()))


def union(boxes: Iterable[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def contains(box: Box, inner: Box) -> bool:
    """Whether the middle of ``inner`` lies in ``box``."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def overlap(first: tuple[float, float], second: tuple[float, float]) -> float:
    """How much of the shorter interval the two share, from 0 to 1."""
    shared = min(first[1], second[1]) - max(first[0], second[0])
    shorter = min(first[1] - first[0], second[1] - second[0])
    return max(0.0, shared) / shorter if shorter > 0 else 0.0


def same_row(first: Box, second: Box) -> bool:
    return overlap((first[1], first[3]), (second[1], second[3])) > SAME_ROW


def line_of(words: Iterable[Word]) -> Line:
    ordered = tuple(sorted(words, key=lambda word: word.box[0]))
    return Line(
        text=" ".join(word.text for word in ordered),
        box=union(word.box for word in ordered),
        words=ordered,
    )


def lines(page: Page) -> tuple[Line, ...]:
    """The printed lines of the page, from top to bottom."""
    return group_lines(page.words)


def group_lines(words: Iterable[Word]) -> tuple[Line, ...]:
    by_number: dict[int, list[Word]] = {}
    for word in words:
        by_number.setdefault(word.line, []).append(word)
    return tuple(sorted(map(line_of, by_number.values()), key=lambda line: line.box[1]))


def columns(page: Page) -> tuple[Line, ...]:
    """The printed lines, each parted where a wide gap shows that another column begins."""
    return tuple(run for line in lines(page) for run in runs(line, page))


def runs(line: Line, page: Page) -> Iterator[Line]:
    height = sorted(word.box[3] - word.box[1] for word in line.words)[len(line.words) // 2]
    widest = COLUMN_GAP * height * page.height / page.width
    run = [line.words[0]]
    for before, word in pairwise(line.words):
        if word.box[0] - before.box[2] > widest:
            yield line_of(run)
            run = []
        run.append(word)
    yield line_of(run)
