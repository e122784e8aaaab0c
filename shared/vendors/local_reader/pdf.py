"""PDF files, by way of pdfium."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from shared.vendors.local_reader.cargo import cargo_of
from shared.vendors.local_reader.form_fields import draw_notes_into_page, form_fields
from shared.vendors.local_reader.geometry import display_of
from shared.vendors.local_reader.layout import lines_of, words_of
from shared.vendors.local_reader.legibility import needs_ocr
from shared.vendors.local_reader.limits import MAX_IMAGE_SIDE, MAX_PAGES
from shared.vendors.local_reader.ocr import NeedsOcr, Ocr
from shared.vendors.local_reader.page_images import is_blank, save_page_image
from shared.vendors.local_reader.text_layer import text_layer
from shared.vendors.reading import (
    Cargo,
    DocumentDamaged,
    DocumentEncrypted,
    DocumentTooLarge,
    Page,
    WordSource,
    XfaForm,
)

_DOTS_PER_POINT = 200 / 72
_LOCKED = (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
_XFA = (pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND)
_TAIL = 2048

logging.getLogger("pypdfium2").setLevel(logging.ERROR)  # it warns of every static XFA form


class PdfFile:
    media_type = "application/pdf"

    def __init__(self, file: Path) -> None:
        _require_whole(file)
        self._file = file
        try:
            self._document = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as error:
            if error.err_code in _LOCKED and _names_a_lock(file):
                raise DocumentEncrypted("A password protects it") from error
            raise DocumentDamaged("The PDF cannot be opened") from error
        self._document.init_forms()
        self.pages = len(self._document)
        if self.pages == 0:
            raise DocumentDamaged("The PDF has no pages")
        if self.pages > MAX_PAGES:
            raise DocumentTooLarge(f"It has more than {MAX_PAGES} pages")
        self._require_pages_of_its_own()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._document.close()

    def check_page(self, number: int) -> None:
        """Find it: a page is found missing only when it is asked for.

        Its contents are left alone. They may never end, and then the pages before it are drawn.
        """
        with _page_there(number):
            _require_size(number, self._document.get_page_size(number - 1))

    def cargo(self) -> tuple[Cargo, ...]:
        return cargo_of(self._document, self._file)

    def read_page(self, number: int, images: Path | None, ocr: Ocr | None) -> Page:
        page = self._page(number)
        display = display_of(page)
        fields = form_fields(page, display)
        picture = _picture(page)
        if draw_notes_into_page(page):
            page.close()
            page = self._page(number)
        layer = text_layer(page, display)
        must_look = needs_ocr(page, layer, display) and not is_blank(picture)
        page.close()
        if must_look and ocr is None:
            raise NeedsOcr
        if images is not None:
            save_page_image(picture, images, number)
        if must_look and ocr:
            source, words = WordSource.OCR, ocr.words(picture)
        else:
            lines = lines_of(layer.runs())
            source, words = WordSource.TEXT_LAYER, words_of(lines, display.width, display.height)
        return Page(
            number=number,
            width=picture.width,
            height=picture.height,
            source=source,
            words=words,
            fields=fields,
        )

    def _page(self, number: int) -> pdfium.PdfPage:
        with _page_there(number):
            page = self._document[number - 1]
        _require_size(number, page.get_size())
        return page

    def _require_pages_of_its_own(self) -> None:
        """Refuse a form whose only page asks for another program; a hybrid's pages are real."""
        if self._document.get_formtype() not in _XFA:
            return
        textpage = self._page(1).get_textpage()
        asks_to_wait = textpage.get_text_range(0, 40).strip().startswith("Please wait")
        textpage.close()
        dynamic = self._document.get_formtype() == pdfium_c.FORMTYPE_XFA_FULL
        if dynamic or asks_to_wait:
            raise XfaForm("It is an XFA form, which has no pages until another program draws them")


@contextmanager
def _page_there(number: int) -> Generator[None]:
    try:
        yield
    except pdfium.PdfiumError as error:
        raise DocumentDamaged(f"Page {number} cannot be loaded") from error


def _require_size(number: int, size: tuple[float, float]) -> None:
    if min(size) <= 0:
        raise DocumentDamaged(f"Page {number} has no size")


def _require_whole(file: Path) -> None:
    """Refuse a file that was cut off; pdfium would repair it, with pages or values missing."""
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        if b"%%EOF" not in stream.read():
            raise DocumentDamaged("The end of the PDF is missing")


def _names_a_lock(file: Path) -> bool:
    """The name is never compressed or encrypted; pdfium may still report the last file's error."""
    return b"/Encrypt" in file.read_bytes()


def _picture(page: pdfium.PdfPage) -> Image.Image:
    scale = min(_DOTS_PER_POINT, MAX_IMAGE_SIDE / max(page.get_size()))
    # A checker takes the default, 1, for the type of scale.
    bitmap = page.render(scale=scale, may_draw_forms=True)  # pyright: ignore[reportArgumentType]
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    picture.thumbnail((MAX_IMAGE_SIDE, MAX_IMAGE_SIDE))
    return picture
