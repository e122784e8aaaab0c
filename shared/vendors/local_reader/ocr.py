"""What a picture of a page says, by OCR."""

from typing import Any

from PIL import Image

from shared.vendors.local_reader.layout import lines_of, turned_back, words_of
from shared.vendors.local_reader.ocr_lines import (
    Line,
    mean_confidence,
    run_of,
    slope_of,
    stand_on_end,
)
from shared.vendors.reading import ReaderUnavailable, Word

_DETECTION_SIDE = 1280  # text is found on this size and recognized on the full one
_NARROWEST = 32  # the engine magnifies what is narrower, and a line of pixels beyond all memory
_FAINTEST = 0.3
_POOR = 0.85  # clean print reads at 0.97, the same upside down at 0.6 to 0.75
_CLEARLY_BETTER = 0.05

_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


class NeedsOcr(Exception):
    """The page has to be looked at, and nobody is there to look."""


class Ocr:
    """Loads the engine on the first page that needs it, and keeps it."""

    def __init__(self) -> None:
        self._engine: Any = None

    def words(self, image: Image.Image) -> tuple[Word, ...]:
        turn, lines = self._upright(image)
        width, height = image.size if turn in {0, 180} else (image.height, image.width)
        slope = slope_of(lines)
        printed = lines_of(run_of(line, slope) for line in lines)
        return tuple(turned_back(word, turn) for word in words_of(printed, width, height))

    def _upright(self, image: Image.Image) -> tuple[int, list[Line]]:
        """Find how far to turn the page clockwise; a page that reads well is left as it is."""
        best, lines = 0, self._lines(image)
        confidence = mean_confidence(lines)
        turns: tuple[int, ...] = (180,)
        if stand_on_end(lines):
            # The engine turns tall lines a quarter anticlockwise: what reads well so, lies so.
            turns = (270, 90) if confidence >= _POOR else (90, 270)
            confidence = 0.0
        for turn in turns:
            if confidence >= _POOR or not lines:
                break
            turned = self._lines(image.transpose(_TURNS[turn]))
            if mean_confidence(turned) > confidence + _CLEARLY_BETTER:
                best, lines, confidence = turn, turned, mean_confidence(turned)
        return best, lines

    def _lines(self, image: Image.Image) -> list[Line]:
        import numpy as np

        answer = self._loaded()(np.asarray(_broad(image))[:, :, ::-1])
        if not answer.txts:
            return []
        letters = answer.word_results
        if len(letters) != len(answer.txts):
            letters = [()] * len(answer.txts)
        return [
            Line(text, float(score), box.tolist(), line_letters)
            for text, score, box, line_letters in zip(
                answer.txts, answer.scores, answer.boxes, letters, strict=True
            )
            if score >= _FAINTEST and text.strip()
        ]

    def _loaded(self) -> Any:
        if self._engine is None:
            try:
                from rapidocr import RapidOCR
            except ImportError as missing:
                raise ReaderUnavailable(
                    "The page has to be read by OCR, which is not installed"
                ) from missing
            self._engine = RapidOCR(
                params={
                    "Global.log_level": "critical",
                    "Global.use_cls": False,
                    "Global.max_side_len": 4096,
                    "Global.text_score": 0.0,
                    "Global.return_word_box": True,
                    "Global.return_single_char_box": True,
                    "Det.limit_type": "max",
                    "Det.limit_side_len": _DETECTION_SIDE,
                }
            )
        return self._engine


def _broad(image: Image.Image) -> Image.Image:
    """Lay a narrow strip on paper, at its top left, so that boxes stay where they are."""
    page = image.convert("RGB")
    if min(page.size) >= _NARROWEST:
        return page
    paper = Image.new("RGB", (max(page.width, _NARROWEST), max(page.height, _NARROWEST)), "white")
    paper.paste(page)
    return paper


class NoOcr(Ocr):
    """Sees nothing, for pages that another reader looks at."""

    def words(self, image: Image.Image) -> tuple[Word, ...]:
        del image
        return ()
