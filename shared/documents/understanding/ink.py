"""The ink on a page that is no print of the form: words, and lines of filled form fields."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from shared.documents.understanding.forms import Form
from shared.documents.understanding.layout import columns, contains, plain, same_row, union
from shared.documents.understanding.models import FieldSource
from shared.documents.understanding.placement import Placed, ink_of
from shared.vendors.reading import Box, FormField, Page, Word, WordSource

_DIGIT = re.compile(r"\d")


class Ink(NamedTuple):
    """A word, or a line of a filled form field."""

    text: str
    box: Box
    confidence: float
    source: FieldSource


Row = tuple[Ink, ...]


def inks_on(page: Page, placed: Sequence[Placed], form: Form) -> list[Ink]:
    printed = ink_of(placed)
    rests = [[word for word in run.words if word.box not in printed] for run in columns(page)]
    notices = [rest for rest in rests if _is_notice(rest, form)]
    printed |= {word.box for rest in notices for word in rest if not _DIGIT.search(word.text)}
    words = [
        Ink(word.text, word.box, word.confidence, source_of(page))
        for word in page.words
        if word.box not in printed
    ]
    return words + [ink for field in page.fields for ink in _field_inks(field)]


def source_of(page: Page) -> FieldSource:
    return FieldSource.OCR if page.source is WordSource.OCR else FieldSource.TEXT_LAYER


def _is_notice(words: Sequence[Word], form: Form) -> bool:
    """A line of a notice in the margin: its words are the notice's, bar a misread one in four."""
    spoken = [plain(word.text) for word in words if len(plain(word.text)) > 1]
    strange = sum(word not in form.print for word in spoken)
    if len(spoken) == 1:
        return not strange and words[0].text[:1].islower()
    return bool(spoken) and (strange <= len(spoken) // 4 or "".join(spoken) in form.notices)


def _field_inks(field: FormField) -> Iterator[Ink]:
    written = field.value.strip().splitlines() or [""]
    left, top, right, bottom = field.box
    height = (bottom - top) / len(written)
    for number, text in enumerate(written):
        place = (left, top + number * height, right, top + (number + 1) * height)
        if text.strip():
            yield Ink(text.strip(), place, 1.0, FieldSource.FORM_FIELD)


def rows_in(inks: Iterable[Ink], area: Box) -> tuple[Row, ...]:
    rows: list[list[Ink]] = []
    inside = [ink for ink in inks if contains(area, ink.box)]
    for ink in sorted(inside, key=lambda ink: ink.box[1] + ink.box[3]):
        if rows and _is_beside(ink, rows[-1]):
            rows[-1].append(ink)
        else:
            rows.append([ink])
    return tuple(tuple(sorted(row, key=lambda ink: ink.box[0])) for row in rows)


def _is_beside(ink: Ink, row: Sequence[Ink]) -> bool:
    across = union(other.box for other in row)
    return same_row(ink.box, across)
