"""Whether a PDF page's text layer says what the page shows, or the page has to be looked at."""

from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from shared.vendors.local_reader.geometry import Display
from shared.vendors.local_reader.text_layer import TextLayer
from shared.vendors.reading import Box

_GRID = 32
_MOST_OF_THE_PAGE = 0.5
_MUCH_OF_THE_PAGE = 0.1
_A_PAGE_OF_TEXT = 600  # visible letters; a fax header or a signing service's stamp has fewer
_A_HEADER = 100
_GARBLED_SHARE = 0.15
_OUTLINED_LETTERS = 40
_LETTER_SIZE = (1.5, 24.0)  # points
_LETTER_SEGMENTS = 6  # an outline of a letter has more, a rule or a check box fewer


def needs_ocr(page: pdfium.PdfPage, layer: TextLayer, display: Display) -> bool:
    """Tell pages whose text is garbled, only a scanner's guess, or drawn rather than written."""
    if layer.garbled > _GARBLED_SHARE * layer.visible:
        return True
    if not layer.visible:
        return next(page.get_objects(filter=_PAINTED), None) is not None
    pictured = _pictured_share(page, display)
    if pictured >= _MOST_OF_THE_PAGE:
        return layer.visible < _A_PAGE_OF_TEXT
    if pictured >= _MUCH_OF_THE_PAGE and layer.visible < _A_HEADER:
        return True
    return _outlined_letters(page, display, layer) >= _OUTLINED_LETTERS


_PAINTED = [
    pdfium_c.FPDF_PAGEOBJ_IMAGE,
    pdfium_c.FPDF_PAGEOBJ_PATH,
    pdfium_c.FPDF_PAGEOBJ_SHADING,
    pdfium_c.FPDF_PAGEOBJ_TEXT,
]


def _pictured_share(page: pdfium.PdfPage, display: Display) -> float:
    """Scanners cut a page into strips, so the share is of a grid and not of the largest image."""
    covered: set[tuple[int, int]] = set()
    for box in _boxes(page, pdfium_c.FPDF_PAGEOBJ_IMAGE, display):
        columns = range(_cell(box[0] / display.width), _cell(box[2] / display.width))
        rows = range(_cell(box[1] / display.height), _cell(box[3] / display.height))
        covered.update((column, row) for column in columns for row in rows)
    return len(covered) / _GRID**2


def _cell(share: float) -> int:
    return round(min(max(share, 0.0), 1.0) * _GRID)


def _outlined_letters(page: pdfium.PdfPage, display: Display, layer: TextLayer) -> int:
    """Count paths that look like letters where no text stands: values printed as outlines."""
    written = [glyph.band for glyph in layer.glyphs if glyph is not None]
    rows: dict[int, list[Box]] = {}
    for band in written:
        for row in range(int(band[1]) // 8, int(band[3]) // 8 + 1):
            rows.setdefault(row, []).append(band)
    letters = 0
    for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH]):
        if pdfium_c.FPDFPath_CountSegments(item) >= _LETTER_SEGMENTS:
            box = display.box(_bounds(item))
            letters += _is_letter_sized(box) and not _is_written(box, rows)
    return letters


def _is_letter_sized(box: Box) -> bool:
    smallest, largest = _LETTER_SIZE
    return all(smallest <= side <= largest for side in (box[2] - box[0], box[3] - box[1]))


def _is_written(box: Box, rows: dict[int, list[Box]]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in rows.get(int(y) // 8, ()))


def _boxes(page: pdfium.PdfPage, kind: int, display: Display) -> Iterator[Box]:
    for item in page.get_objects(filter=[kind]):
        yield display.box(_bounds(item))


def _bounds(item: pdfium.PdfObject) -> Box:
    """Give the object's bounds on the page; inside a form XObject pdfium gives the form's own."""
    box: Box = item.get_bounds()
    container = item.container
    while container is not None:
        matrix = container.get_matrix()
        corners = [matrix.on_point(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
        across, up = [x for x, _ in corners], [y for _, y in corners]
        box = (min(across), min(up), max(across), max(up))
        container = container.container
    return box
