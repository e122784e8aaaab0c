"""The two W-2s clients send most: the official half page, and four copies to a page."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from local.samples import w2_layouts
from local.samples.cells import Pen, Printed, Typewriter, draw_cells, draw_ticks
from local.samples.models import Content
from local.samples.printing import print_content
from local.samples.sheet import HEIGHT, WIDTH, Sheet, new_canvas

_COPIES = (
    (0, 0, "Copy B to be filed with employee's Federal Income Tax Return."),
    (WIDTH / 2, 0, "Copy C for EMPLOYEE'S RECORDS."),
    (0, HEIGHT / 2, "Copy 2 to be filed with employee's State Income Tax Return."),
    (WIDTH / 2, HEIGHT / 2, "Copy 2 to be filed with employee's City or Local Tax Return."),
)


def draw_w2(
    content: Content, *, pen: Pen | None = None, commas: bool = False, password: str | None = None
) -> bytes:
    """One official copy on the upper half of a page, as the tax office prints it."""
    target = BytesIO()
    canvas = new_canvas(target, password=password)
    add_w2_page(canvas, content, pen=pen, commas=commas)
    canvas.save()
    return target.getvalue()


def add_w2_page(
    canvas: Canvas, content: Content, *, pen: Pen | None = None, commas: bool = False
) -> None:
    sheet, pen = Sheet(canvas), pen or Typewriter()
    printed = print_content(content, commas=commas)
    draw_cells(sheet, w2_layouts.OFFICIAL, printed, pen)
    draw_ticks(sheet, w2_layouts.OFFICIAL_TICKS, printed, pen)
    _draw_official_print(sheet, content)
    canvas.showPage()


def draw_four_copies(content: Content) -> bytes:
    """Copies B, C and twice 2, to be cut apart: the sheet a payroll service mails."""
    target = BytesIO()
    canvas = new_canvas(target)
    printed = print_content(content, commas=False)
    for left, top, copy in _COPIES:
        _draw_quarter(Sheet(canvas, left=left, top=top), content, printed, copy)
    canvas.setDash(1, 3)
    Sheet(canvas).rule(WIDTH / 2, 0, WIDTH / 2, HEIGHT)
    Sheet(canvas).rule(0, HEIGHT / 2, WIDTH, HEIGHT / 2)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _draw_official_print(sheet: Sheet, content: Content) -> None:
    sheet.text(290, 54, "OMB No. 1545-0008", size=7)
    sheet.lines(
        *(370, 44),
        (
            "This information is being furnished to the Internal Revenue Service. If",
            "you are required to file a tax return, a negligence penalty or other sanction",
            "may be imposed on you if this income is taxable and you fail to report it.",
        ),
        size=5.6,
    )
    sheet.text(36, 359, "Form", size=7, font="Helvetica-Bold")
    sheet.text(57, 359, "W-2", size=24, font="Helvetica-Bold")
    sheet.text(112, 357, "Wage and Tax Statement", size=11, font="Helvetica-Bold")
    sheet.text(325, 360, str(content.tax_year), size=24, font="Helvetica", align="center")
    treasury = "Department of the Treasury\N{EM DASH}Internal Revenue Service"
    sheet.text(581, 351, treasury, size=7, align="right")
    copy = "Copy B\N{EM DASH}To Be Filed With Employee's FEDERAL Tax Return."
    sheet.text(36, 374, copy, size=8, font="Helvetica-Bold")
    furnished = "This information is being furnished to the Internal Revenue Service."
    sheet.text(36, 384, furnished, size=8)


def _draw_quarter(sheet: Sheet, content: Content, printed: Printed, copy: str) -> None:
    draw_cells(sheet, w2_layouts.QUARTER, printed, Typewriter(size=8), size=5.5)
    draw_ticks(sheet, w2_layouts.QUARTER_TICKS, printed, Typewriter())
    sheet.text(14, 366, "W-2", size=16, font="Helvetica-Bold")
    sheet.lines(56, 358, ("Wage and Tax", "Statement"), size=8, font="Helvetica-Bold")
    sheet.text(170, 366, str(content.tax_year), size=18, font="Helvetica-Bold", align="center")
    sheet.lines(
        *(292, 357), ("OMB No. 1545-0008", "Dept. of the Treasury - IRS"), size=6, align="right"
    )
    sheet.text(14, 378, copy, size=7)
