"""Lines as the OCR engine finds them, and the words in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from statistics import median

from shared.vendors.local_reader.layout import Piece, Run
from shared.vendors.reading import Box

_MISSED_SPACE = 1.2  # of a letter's width
_TALL = 1.5
_LONG = 100  # pixels; the slope of a shorter line is noise


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the engine found it, leaning as it leans in the picture."""

    text: str
    confidence: float
    corners: Sequence[Sequence[float]]
    letters: Sequence[tuple[str, float, Sequence[Sequence[float]]]]

    @property
    def is_tall(self) -> bool:
        left, top, right, bottom = _around(self.corners)
        return bottom - top > _TALL * (right - left)


def mean_confidence(lines: Sequence[Line]) -> float:
    letters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / letters if letters else 0.0


def stand_on_end(lines: Sequence[Line]) -> bool:
    telling = [line.is_tall for line in lines if len(line.text) > 1]  # a lone "1" is always tall
    return sum(telling) > len(telling) / 2


def _around(corners: Sequence[Sequence[float]]) -> Box:
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(down), max(across), max(down)


def slope_of(lines: Sequence[Line]) -> float:
    """Give the slope of the page's lines, which a photograph seldom has level."""
    slopes = [
        (line.corners[1][1] - line.corners[0][1]) / (line.corners[1][0] - line.corners[0][0])
        for line in lines
        if not line.is_tall and line.corners[1][0] - line.corners[0][0] > _LONG
    ]
    return median(slopes) if slopes else 0.0


def run_of(line: Line, slope: float) -> Run:
    left, top, right, bottom = _around(line.corners)
    (x0, y0), _, _, (x3, y3) = line.corners
    middle = (top + bottom) / 2 - slope * (left + right) / 2
    return Run(tuple(pieces_of(line)), middle, hypot(x3 - x0, y3 - y0))


def pieces_of(line: Line) -> list[Piece]:
    if len(line.letters) != len("".join(line.text.split())):
        return _pieces_by_share(line)
    letters = iter([_letter(*letter) for letter in line.letters])
    words = [[next(letters) for _ in word] for word in line.text.split()]
    widths = [letter.x1 - letter.x0 for word in words for letter in word]
    widest_gap = _MISSED_SPACE * median(widths)
    return [_joined(part) for word in words for part in _parted(word, widest_gap)]


def _letter(text: str, confidence: float, corners: Sequence[Sequence[float]]) -> Piece:
    return Piece(text, *_around(corners), float(confidence))


def _parted(word: list[Piece], widest_gap: float) -> list[list[Piece]]:
    """Split where the engine saw the room of a space and did not say so."""
    parts = [[word[0]]]
    for before, letter in pairwise(word):
        if letter.x0 - before.x1 > widest_gap:
            parts.append([])
        parts[-1].append(letter)
    return parts


def _joined(letters: Sequence[Piece]) -> Piece:
    """Make a word of its letters. Prose forgives one blurred letter, a number does not."""
    text = "".join(letter.text for letter in letters)
    sure = [letter.confidence for letter in letters]
    return Piece(
        text,
        min(letter.x0 for letter in letters),
        min(letter.y0 for letter in letters),
        max(letter.x1 for letter in letters),
        max(letter.y1 for letter in letters),
        min(sure) if any(map(str.isdigit, text)) else sum(sure) / len(sure),
    )


def _pieces_by_share(line: Line) -> list[Piece]:
    """Place the words by their share of the line's letters, for want of the letters' places."""
    left, top, right, bottom = _around(line.corners)
    a_letter = (right - left) / len(line.text)
    pieces: list[Piece] = []
    start = 0
    for word in line.text.split():
        start = line.text.index(word, start)
        end = start + len(word)
        x0, x1 = left + start * a_letter, left + end * a_letter
        pieces.append(Piece(word, x0, top, x1, bottom, line.confidence))
        start = end
    return pieces
