"""From a PDF page's own space to the page as displayed: cropped, rotated, y downwards."""

from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from shared.vendors.reading import Box

_FINE = 1_000_000  # pdfium answers in whole device units


@dataclass(frozen=True, slots=True)
class Display:
    """Sizes and results are in points as displayed; ``rotation`` is in degrees clockwise."""

    width: float
    height: float
    rotation: int
    _origin: tuple[float, float]
    _along_x: tuple[float, float]
    _along_y: tuple[float, float]

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._along_x[0] + y * self._along_y[0],
            self._origin[1] + x * self._along_x[1] + y * self._along_y[1],
        )

    def box(self, corners: Box) -> Box:
        ax, ay = self.point(corners[0], corners[1])
        bx, by = self.point(corners[2], corners[3])
        return (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def shows(self, box: Box) -> bool:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return 0 <= x <= self.width and 0 <= y <= self.height


def display_of(page: pdfium.PdfPage) -> Display:
    width, height = page.get_size()
    origin = _to_display(page, 0, 0, width, height)
    x = _to_display(page, width, 0, width, height)
    y = _to_display(page, 0, height, width, height)
    return Display(
        width,
        height,
        page.get_rotation(),
        origin,
        ((x[0] - origin[0]) / width, (x[1] - origin[1]) / width),
        ((y[0] - origin[0]) / height, (y[1] - origin[1]) / height),
    )


def _to_display(
    page: pdfium.PdfPage, x: float, y: float, width: float, height: float
) -> tuple[float, float]:
    across, down = pdfium_c.c_int(), pdfium_c.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, x, y, across, down)
    return across.value * width / _FINE, down.value * height / _FINE
