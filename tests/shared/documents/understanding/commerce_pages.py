"""Pages laid out as they are typed: a letter is a hundredth of the page's width."""

import re

from shared.documents.kinds import DocumentKind
from shared.documents.understanding import commerce
from shared.documents.understanding.models import FieldValue, Part
from shared.vendors.reading import Page, Reading, Word, WordSource

_LETTER = 0.01
_HEIGHT = 0.009
_LEADING = 0.014
_CELL = re.compile(r"\S+(?: {1,2}\S+)*")


def printed(text: str, *, number: int = 1, lean: float = 0.0, confidence: float = 0.98) -> Page:
    """A picture of the text; what three spaces part are lines of their own, as OCR sees them.

    ``lean`` is how much lower the right edge hangs than the left.
    """
    words: list[Word] = []
    line = 0
    for row, typed in enumerate(text.strip("\n").splitlines()):
        for cell in _CELL.finditer(typed):
            line += 1
            for word in re.finditer(r"\S+", cell[0]):
                left = 0.05 + (cell.start() + word.start()) * _LETTER
                middle = 0.05 + (cell.start() + len(cell[0]) / 2) * _LETTER
                top = 0.1 + row * _LEADING + lean * (middle - 0.5)
                box = (left, top, left + len(word[0]) * _LETTER, top + _HEIGHT)
                words.append(Word(text=word[0], box=box, line=line, confidence=confidence))
    return Page(number=number, width=1000, height=2000, source=WordSource.OCR, words=tuple(words))


def fields_of(kind: DocumentKind, *pages: Page) -> dict[str, FieldValue]:
    part = Part(kind=kind, confidence=0.99, pages=tuple(page.number for page in pages))
    extraction = commerce.extract(Reading(reader="typed", pages=pages), part)
    return {field.name: field for field in extraction.fields}


def values_of(kind: DocumentKind, *pages: Page) -> dict[str, str | None]:
    return {name: field.value for name, field in fields_of(kind, *pages).items()}
