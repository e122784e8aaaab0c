"""The words a PDF page carries as text."""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from shared.vendors.local_reader.geometry import Display
from shared.vendors.local_reader.layout import Piece, Run
from shared.vendors.local_reader.limits import MAX_LETTERS
from shared.vendors.reading import Box, DocumentTooLarge

_CAP_HEIGHT = 0.6  # of the line height; gives "-" and "." the box of their neighbours
_WORD_GAP = 0.5  # of the line height; writers that place each letter leave out the spaces
_HYPHEN_AT_LINE_END = "\x02"  # pdfium's own mark for it
_LATIN_LIGATURES = range(0xFB00, 0xFB07)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as displayed; ``band`` is its line's, ``box`` its ink's."""

    text: str
    box: Box
    band: Box
    upright: bool
    garbled: bool


@dataclass(frozen=True, slots=True)
class TextLayer:
    """``None`` among the glyphs is a space or a line's end. Invisible text is not displayed."""

    glyphs: tuple[Glyph | None, ...]

    @property
    def visible(self) -> int:
        return sum(glyph is not None for glyph in self.glyphs)

    @property
    def garbled(self) -> int:
        return sum(glyph is not None and glyph.garbled for glyph in self.glyphs)

    def runs(self) -> list[Run]:
        return [_run(word) for word in self._words()]

    def _words(self) -> Iterator[list[Glyph]]:
        word: list[Glyph] = []
        for glyph in self.glyphs:
            if word and (glyph is None or _starts_a_word(word[-1], glyph)):
                yield word
                word = []
            if glyph is not None:
                word.append(glyph)
        if word:
            yield word


def text_layer(page: pdfium.PdfPage, display: Display) -> TextLayer:
    textpage = page.get_textpage()
    try:
        if textpage.count_chars() > MAX_LETTERS:
            raise DocumentTooLarge(f"A page has more than {MAX_LETTERS:,} letters")
        return TextLayer(tuple(_glyphs(textpage, display)))
    finally:
        textpage.close()


def _glyphs(textpage: pdfium.PdfTextPage, display: Display) -> Iterator[Glyph | None]:
    for index in range(textpage.count_chars()):
        text = _character(textpage, index)
        if text is None:
            yield None
        elif text and _is_painted(textpage, index):
            glyph = _glyph(textpage, index, text, display)
            if display.shows(glyph.band):
                yield glyph


def _character(textpage: pdfium.PdfTextPage, index: int) -> str | None:
    """Give the character's text, nothing for what has no shape, ``None`` for a space."""
    code = pdfium_c.FPDFText_GetUnicode(textpage, index)
    text = chr(code)
    if text == _HYPHEN_AT_LINE_END:
        return "-"
    if text.isspace():
        return None
    if code in _LATIN_LIGATURES:
        return unicodedata.normalize("NFKC", text)
    return "" if unicodedata.category(text) in {"Cc", "Cf", "Cs"} and code else text


def _is_painted(textpage: pdfium.PdfTextPage, index: int) -> bool:
    text_object = pdfium_c.FPDFText_GetTextObject(textpage, index)
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(text_object)
    return mode != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE


def _glyph(textpage: pdfium.PdfTextPage, index: int, text: str, display: Display) -> Glyph:
    band = display.box(textpage.get_charbox(index, loose=True))
    box = display.box(textpage.get_charbox(index))
    turn = math.degrees(pdfium_c.FPDFText_GetCharAngle(textpage, index)) + display.rotation
    upright = abs((turn + 180) % 360 - 180) < 10  # noqa: PLR2004
    if upright:
        baseline = display.point(*_origin(textpage, index))[1]
        cap = baseline - _CAP_HEIGHT * (band[3] - band[1])
        box = (box[0], min(box[1], cap), box[2], max(box[3], baseline))
    return Glyph(text, box, band, upright, _is_garbled(textpage, index, text))


def _origin(textpage: pdfium.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = pdfium_c.c_double(), pdfium_c.c_double()
    pdfium_c.FPDFText_GetCharOrigin(textpage, index, x, y)
    return x.value, y.value


def _is_garbled(textpage: pdfium.PdfTextPage, index: int, text: str) -> bool:
    """Tell a glyph whose font does not say which character it is."""
    no_meaning = (
        unicodedata.category(text[0]) in {"Co", "Cn", "Cc"} or text == "\N{REPLACEMENT CHARACTER}"
    )
    return no_meaning or pdfium_c.FPDFText_HasUnicodeMapError(textpage, index) == 1


def _starts_a_word(before: Glyph, glyph: Glyph) -> bool:
    if before.upright != glyph.upright:
        return True
    if not glyph.upright:
        return False
    height = max(before.band[3] - before.band[1], glyph.band[3] - glyph.band[1])
    gap = glyph.box[0] - before.box[2]
    dropped = abs((glyph.band[1] + glyph.band[3]) - (before.band[1] + before.band[3])) / 2
    return gap > _WORD_GAP * height or gap < -height or dropped > _WORD_GAP * height


def _run(word: list[Glyph]) -> Run:
    piece = Piece(
        "".join(glyph.text for glyph in word),
        min(glyph.box[0] for glyph in word),
        min(glyph.box[1] for glyph in word),
        max(glyph.box[2] for glyph in word),
        max(glyph.box[3] for glyph in word),
        1.0,
    )
    top, bottom = word[0].band[1], word[0].band[3]
    if not word[0].upright:
        top, bottom = piece.y0, piece.y0 + (piece.x1 - piece.x0)
    return Run((piece,), (top + bottom) / 2, bottom - top)
