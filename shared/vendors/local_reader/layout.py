"""From loose words to printed lines in reading order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.vendors.reading import Box, Word

_SAME_LINE = 0.5  # of the smaller height: more joins small labels to the values under them


@dataclass(frozen=True, slots=True)
class Piece:
    """A word in any units that are the same both ways, y downwards."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are known to stand on one line; ``middle`` and ``height`` are of their band."""

    pieces: tuple[Piece, ...]
    middle: float
    height: float

    @property
    def left(self) -> float:
        return min(piece.x0 for piece in self.pieces)


def lines_of(runs: Iterable[Run]) -> list[list[Piece]]:
    """Printed lines from top to bottom, each from left to right."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (run.middle, run.left)):
        line = next((line for line in reversed(lines[-4:]) if _joins(line, run)), None)
        if line is None:
            lines.append([run])
        else:
            line.append(run)
    lines.sort(key=_middle)
    return [_left_to_right(line) for line in lines]


def words_of(lines: Sequence[Sequence[Piece]], width: float, height: float) -> tuple[Word, ...]:
    """Number the lines and give the boxes as fractions of the page."""
    return tuple(
        Word(
            text=piece.text,
            box=fraction((piece.x0, piece.y0, piece.x1, piece.y1), width, height),
            line=number,
            confidence=round(piece.confidence, 4),
        )
        for number, line in enumerate(lines)
        for piece in line
    )


def fraction(box: Box, width: float, height: float) -> Box:
    """Clip the box to the page; five digits are a fiftieth of a pixel."""
    x0, y0, x1, y1 = box
    return (_clip(x0 / width), _clip(y0 / height), _clip(x1 / width), _clip(y1 / height))


def turned_back(word: Word, turn: int) -> Word:
    """Give the word's box on the page as displayed; the page was turned clockwise to be read."""
    x0, y0, x1, y1 = word.box
    boxes: dict[int, Box] = {
        0: word.box,
        90: (y0, 1 - x1, y1, 1 - x0),
        180: (1 - x1, 1 - y1, 1 - x0, 1 - y0),
        270: (1 - y1, x0, 1 - y0, x1),
    }
    return word.model_copy(update={"box": tuple(round(side, 5) for side in boxes[turn])})


def _clip(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 5)


def _middle(line: Sequence[Run]) -> float:
    return sum(run.middle for run in line) / len(line)


def _joins(line: Sequence[Run], run: Run) -> bool:
    height = min(run.height, sum(other.height for other in line) / len(line))
    return abs(_middle(line) - run.middle) < _SAME_LINE * height and not _overprints(line, run)


def _overprints(line: Sequence[Run], run: Run) -> bool:
    """Two words cannot stand in the same place of one line: the lower one is on the next."""
    return any(
        min(other.x1, piece.x1) - max(other.x0, piece.x0)
        > _SAME_LINE * min(other.x1 - other.x0, piece.x1 - piece.x0)
        for there in line
        for other in there.pieces
        for piece in run.pieces
    )


def _left_to_right(line: Sequence[Run]) -> list[Piece]:
    return sorted((piece for run in line for piece in run.pieces), key=lambda piece: piece.x0)
