"""Drawing 1099s and 1098s: Copy B on the upper half, instructions below, as they are mailed."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from local.samples.cells import Typewriter, draw_cells, draw_ticks
from local.samples.information_return_layouts import Layout, layout_of
from local.samples.models import Content
from local.samples.printing import print_content
from local.samples.sheet import Sheet, new_canvas
from shared.documents.kinds import DocumentKind

_TREASURY = "Department of the Treasury - Internal Revenue Service"
_NOTICE = (
    "This is important tax information and is being furnished to the IRS. If you are required "
    "to file a return, a negligence penalty or other sanction may be imposed on you if this "
    "income is taxable and the IRS determines that it has not been reported."
)
_TO_EVERY_RECIPIENT = """\
Recipient's taxpayer identification number (TIN). For your protection, this form may show only \
the last four digits of your TIN (social security number (SSN), individual taxpayer \
identification number (ITIN), adoption taxpayer identification number (ATIN), or employer \
identification number (EIN)). However, the issuer has reported your complete TIN to the IRS.
Account number. May show an account or other unique number the payer assigned to distinguish \
your account."""
_HOLDERS = {"1098": "Payer/Borrower", "1098-E": "Borrower", "1098-T": "Student"}
_INSTRUCTIONS = {
    DocumentKind.F1099INT: """\
Box 1. Shows taxable interest paid to you during the calendar year by the payer. This does not \
include interest shown in box 3.
Box 2. Shows interest or principal forfeited because of early withdrawal of time savings.""",
    DocumentKind.F1099DIV: """\
Box 1a. Shows total ordinary dividends that are taxable. Include this amount on the "Ordinary \
dividends" line of Form 1040 or 1040-SR.
Box 1b. Shows the portion of the amount in box 1a that may be eligible for reduced capital \
gains rates.""",
}


def draw_information_return(content: Content, *, commas: bool = True) -> bytes:
    target = BytesIO()
    canvas = new_canvas(target)
    add_information_return_page(canvas, content, commas=commas)
    canvas.save()
    return target.getvalue()


def add_information_return_page(canvas: Canvas, content: Content, *, commas: bool = True) -> None:
    sheet, year = Sheet(canvas), content.tax_year
    assert year is not None
    layout = layout_of(content.kind, year)
    pen, printed = Typewriter("Helvetica", 9), print_content(content, commas=commas)
    sheet.rectangle((245, 25, 253, 33))
    sheet.text(258, 32, "CORRECTED (if checked)", size=9)
    draw_cells(sheet, layout.cells, printed, pen)
    draw_ticks(sheet, layout.ticks, printed, pen)
    _draw_title(sheet, layout, year)
    _draw_foot(sheet, layout)
    _draw_instructions(sheet, content.kind)
    canvas.showPage()


def _draw_title(sheet: Sheet, layout: Layout, year: int) -> None:
    middle = (396 + layout.title_left) / 2
    sheet.rectangle((396, 36, layout.title_left, 108))
    sheet.text(middle, 44, f"OMB No. {layout.omb}", size=7, align="center")
    y = 56 if layout.revision else 102
    sheet.text(middle - 1.9 * len(layout.form), y, "Form", size=7, align="right")
    sheet.text(middle + 11, y, layout.form, size=9.5, font="Helvetica-Bold", align="center")
    if layout.revision:
        sheet.text(middle, 67, layout.revision, size=7, align="center")
        sheet.text(middle, 81, "For calendar year", size=7, align="center")
        sheet.text(middle - 1, 99, "20", size=12, font="Helvetica-Bold", align="right")
        sheet.text(middle + 3, 99, f"{year % 100:02}", size=11)
        sheet.rule(middle + 1, 101, middle + 19, 101)
    else:
        sheet.text(middle, 80, str(year), size=24, font="Helvetica-Bold", align="center")
    sheet.lines(576, 65, layout.title, size=12, font="Helvetica-Bold", leading=13, align="right")
    sheet.rule(layout.title_left, 108, 576, 108)
    sheet.text(576, 121, "Copy B", size=10, font="Helvetica-Bold", align="right")
    sheet.text(
        576,
        134,
        f"For {_HOLDERS.get(layout.form, 'Recipient')}",
        size=8,
        font="Helvetica-Bold",
        align="right",
    )
    sheet.wrapped(501, 190, 74, _NOTICE, size=6.5)


def _draw_foot(sheet: Sheet, layout: Layout) -> None:
    sheet.text(50, 370, "Form", size=7)
    sheet.text(68, 370, layout.form, size=9.5, font="Helvetica-Bold")
    sheet.text(160, 370, "(keep for your records)", size=8)
    sheet.text(345, 370, f"www.irs.gov/Form{layout.form.replace('-', '')}", size=7, align="center")
    sheet.text(576, 370, _TREASURY, size=7, align="right")


def _draw_instructions(sheet: Sheet, kind: DocumentKind) -> None:
    instructions = _INSTRUCTIONS.get(kind)
    if not instructions:
        return
    sheet.text(50, 420, "Instructions for Recipient", size=10, font="Helvetica-Bold")
    y = 436.0
    for paragraph in (*_TO_EVERY_RECIPIENT.splitlines(), *instructions.splitlines()):
        y = sheet.wrapped(50, y, 255, paragraph, size=7.5) + 4
