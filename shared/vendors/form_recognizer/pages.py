"""Pages as Form Recognizer saw them: words in printed lines, boxes as fractions of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import radians, tan
from statistics import median
from typing import TYPE_CHECKING

from shared.vendors.local_reader.layout import Piece, Run, fraction, lines_of, turned_back, words_of
from shared.vendors.reading import Box, CloudReaderUnavailable, Page, Word

if TYPE_CHECKING:
    from azure.ai.formrecognizer import DocumentLine, DocumentPage, DocumentWord, Point

QUARTER = 90
ALIKE = 0.05
"""Two shapes of one page differ by less: each side is rounded to points or pixels."""

_MARKS = {"selected": "☒", "unselected": "☐"}


def require_same_shape(seen: DocumentPage, shown: Page) -> None:
    """Refuse boxes of a page that lies otherwise than ours: they would mask the wrong places."""
    there, here = _size(seen)[0] / _size(seen)[1], shown.width / shown.height
    if abs(there - here) > ALIKE * here:
        raise CloudReaderUnavailable(f"The cloud reader sees page {shown.number} in another shape")


def words_on(seen: DocumentPage) -> tuple[Word, ...]:
    """The words and ticks of the page, in lines that run across all of its columns.

    Its own lines end where a column does, and lean as the page leans. A page that lies on its
    side is read upright; its boxes are where they are seen.
    """
    width, height = _size(seen)
    leans = seen.angle or 0.0
    turn = -round(leans / QUARTER) * QUARTER % 360
    slope = tan(radians(leans - round(leans / QUARTER) * QUARTER))
    printed = lines_of(_run(pieces, slope) for pieces in _pieces(seen, turn) if pieces)
    upright = (height, width) if turn in (90, 270) else (width, height)
    return tuple(turned_back(word, turn) for word in words_of(printed, *upright))


def box_on(seen: DocumentPage, corners: Sequence[Point]) -> Box:
    return fraction(_around([(corner.x, corner.y) for corner in corners]), *_size(seen))


def _size(seen: DocumentPage) -> tuple[float, float]:
    """In inches or pixels, which fractions need not know."""
    return seen.width or 0.0, seen.height or 0.0


def _pieces(seen: DocumentPage, turn: int) -> Iterator[tuple[Piece, ...]]:
    size = _size(seen)
    for line in seen.lines:
        yield tuple(
            Piece(word.content, *_upright(word.polygon, size, turn), word.confidence)
            for word in seen.words
            if _is_of(word, line)
        )
    for mark in seen.selection_marks:
        yield (Piece(_MARKS[mark.state], *_upright(mark.polygon, size, turn), mark.confidence),)


def _is_of(word: DocumentWord, line: DocumentLine) -> bool:
    """The SDK's ``get_words`` hands out words of another class, with bare numbers as corners."""
    end = word.span.offset + word.span.length
    return any(
        span.offset <= word.span.offset and end <= span.offset + span.length for span in line.spans
    )


def _upright(corners: Sequence[Point], size: tuple[float, float], turn: int) -> Box:
    """Around the corners, once the page is turned clockwise."""
    width, height = size
    return _around(
        [
            {
                0: (x, y),
                90: (height - y, x),
                180: (width - x, height - y),
                270: (y, width - x),
            }[turn]
            for x, y in corners
        ]
    )


def _around(points: Sequence[tuple[float, float]]) -> Box:
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def _run(pieces: tuple[Piece, ...], slope: float) -> Run:
    left, right = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    top, bottom = min(piece.y0 for piece in pieces), max(piece.y1 for piece in pieces)
    return Run(
        pieces,
        middle=(top + bottom) / 2 - slope * (left + right) / 2,
        height=median(piece.y1 - piece.y0 for piece in pieces),
    )
