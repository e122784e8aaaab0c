"""Drawing on a letter page, in points from its top left corner."""

from collections.abc import Iterable
from io import BytesIO
from typing import Literal, TypeAlias

from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

Align: TypeAlias = Literal["left", "right", "center"]
Area: TypeAlias = tuple[float, float, float, float]

WIDTH, HEIGHT = letter


class Sheet:
    """A page seen from its top left corner; texts get the typographic apostrophes of print."""

    def __init__(self, canvas: Canvas, *, left: float = 0, top: float = 0) -> None:
        self.canvas = canvas
        self._left = left
        self._top = HEIGHT - top

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self._left + x, self._top - y

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 7,
        font: str = "Helvetica",
        align: Align = "left",
    ) -> None:
        text = text.replace("'", "\u2019")
        width = stringWidth(text, font, size)
        x -= {"left": 0, "center": width / 2, "right": width}[align]
        self.canvas.setFont(font, size)
        self.canvas.drawString(*self.at(x, y), text)

    def lines(
        self,
        x: float,
        y: float,
        lines: Iterable[str],
        *,
        size: float = 7,
        leading: float | None = None,
        font: str = "Helvetica",
        align: Align = "left",
    ) -> float:
        """Print lines below each other; answers the baseline the next one would have."""
        for line in lines:
            self.text(x, y, line, size=size, font=font, align=align)
            y += leading or size * 1.2
        return y

    def wrapped(self, x: float, y: float, width: float, text: str, *, size: float = 7) -> float:
        return self.lines(x, y, simpleSplit(text, "Helvetica", size, width), size=size)

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.6) -> None:
        self.canvas.setLineWidth(width)
        self.canvas.line(*self.at(x0, y0), *self.at(x1, y1))

    def rectangle(self, area: Area, *, width: float = 0.6, fill: float | None = None) -> None:
        left, top, right, bottom = area
        self.canvas.setLineWidth(width)
        if fill is not None:
            self.canvas.setFillGray(fill)
        corner = self.at(left, bottom)
        self.canvas.rect(*corner, right - left, bottom - top, fill=int(fill is not None))
        self.canvas.setFillGray(0)


def new_canvas(target: BytesIO, *, password: str | None = None) -> Canvas:
    """Open a document whose bytes depend on nothing but what is drawn."""
    encrypt = StandardEncryption(password, strength=128) if password else None
    return Canvas(target, pagesize=letter, invariant=1, encrypt=encrypt)
