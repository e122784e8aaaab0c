"""The boxes of a form, and the pens that fill them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from reportlab.pdfbase.pdfmetrics import stringWidth

from local.samples.sheet import Align, Area, Sheet

Printed: TypeAlias = Mapping[str, tuple[str, ...]]

_GREY = 0.75


@dataclass(frozen=True)
class Cell:
    """A box of a form, from left, top to right, bottom.

    ``shows`` names what is printed in it, ``indent`` from its edge; ``size`` is that of the
    label, where it is not the one of the form.
    """

    area: Area
    number: str = ""
    label: str = ""
    shows: str = ""
    align: Align = "left"
    dollar: bool = False
    frame: bool = True
    shaded: bool = False
    heavy: bool = False
    indent: float = 8
    size: float | None = None


@dataclass(frozen=True)
class Tick:
    """A check box; it is ticked when what it shows is printed."""

    left: float
    top: float
    shows: str = ""
    side: float = 9


class Pen(Protocol):
    """How values get onto a form: typed, or into fields a person can fill."""

    def write(self, sheet: Sheet, cell: Cell, lines: tuple[str, ...]) -> None: ...

    def tick(self, sheet: Sheet, tick: Tick, *, ticked: bool) -> None: ...


@dataclass(frozen=True)
class Typewriter:
    font: str = "Courier"
    size: float = 9.5

    def write(self, sheet: Sheet, cell: Cell, lines: tuple[str, ...]) -> None:
        left, top, right, bottom = cell.area
        x = right - cell.indent if cell.align == "right" else left + cell.indent
        leading = self.size * 1.15
        y = bottom - 4
        if len(lines) > 1:
            y = top + 1 + 8 * (1 + cell.label.count("\n")) + leading
        sheet.lines(x, y, lines, font=self.font, size=self.size, leading=leading, align=cell.align)

    def tick(self, sheet: Sheet, tick: Tick, *, ticked: bool) -> None:
        sheet.rectangle((tick.left, tick.top, tick.left + tick.side, tick.top + tick.side))
        if ticked:
            middle = tick.left + tick.side / 2
            y = tick.top + tick.side - 1.5
            sheet.text(middle, y, "X", size=tick.side, font="Helvetica-Bold", align="center")


@dataclass(frozen=True)
class FormFields:
    """Fills AcroForm widgets. Their names say nothing, as in the forms of the tax office."""

    prefix: str = "f2"

    def write(self, sheet: Sheet, cell: Cell, lines: tuple[str, ...]) -> None:
        left, top, right, bottom = cell.area
        several, margin = len(lines) > 1, min(cell.indent, 8)
        x, y = sheet.at(left + margin, bottom - 1)
        sheet.canvas.acroForm.textfield(
            name=self._name(left, top),
            value="\n".join(lines),
            x=round(x),
            y=round(y),
            width=round(right - left - 2 * margin),
            height=round(bottom - top - 11) if several else 12,
            fontName="Helvetica",
            fontSize=9,
            borderWidth=0,
            fieldFlags="multiline" if several else "",
        )

    def tick(self, sheet: Sheet, tick: Tick, *, ticked: bool) -> None:
        x, y = sheet.at(tick.left, tick.top + tick.side)
        sheet.canvas.acroForm.checkbox(
            name=self._name(tick.left, tick.top),
            checked=ticked,
            x=round(x),
            y=round(y),
            size=round(tick.side),
        )

    def _name(self, left: float, top: float) -> str:
        return f"{self.prefix}_{top:03.0f}{left:03.0f}"


def draw_cells(
    sheet: Sheet, cells: Iterable[Cell], printed: Printed, pen: Pen, *, size: float = 7
) -> None:
    for cell in cells:
        if cell.frame:
            sheet.rectangle(
                cell.area, width=1.6 if cell.heavy else 0.6, fill=_GREY if cell.shaded else None
            )
        _draw_label(sheet, cell, cell.size or size)
        if cell.dollar:
            left, _, _, bottom = cell.area
            sheet.text(left + 4, bottom - 4, "$", size=9)
        if cell.shows:
            pen.write(sheet, cell, printed.get(cell.shows, ()))


def draw_ticks(sheet: Sheet, ticks: Iterable[Tick], printed: Printed, pen: Pen) -> None:
    for tick in ticks:
        pen.tick(sheet, tick, ticked=tick.shows in printed)


def _draw_label(sheet: Sheet, cell: Cell, size: float) -> None:
    """Number in bold, then the label; where it is too wide for its box it is set smaller."""
    left, top, right, _ = cell.area
    x, y = left + 4, top + size + 1
    if cell.number:
        sheet.text(x, y, cell.number, size=size, font="Helvetica-Bold")
        x += stringWidth(cell.number, "Helvetica-Bold", size) + 4
    for line in cell.label.split("\n"):
        room = right - x - 2
        fitting = min(size, size * room / max(stringWidth(line, "Helvetica", size), 1))
        sheet.text(x, y, line, size=fitting)
        y += size * 1.15
