"""A till receipt: a narrow strip of Courier, before a telephone takes its picture."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from local.samples.printing import print_amount, print_date
from local.samples.sheet import HEIGHT, Sheet
from local.samples.trade import Purchase
from local.samples.wages import cents

_WIDTH, _LENGTH = 226, 360


def draw_receipt(purchase: Purchase, *, clock: str, paid_with: str) -> bytes:
    target = BytesIO()
    canvas = Canvas(target, pagesize=(_WIDTH, _LENGTH), invariant=1)
    sheet = Sheet(canvas, top=HEIGHT - _LENGTH)
    vendor, fields = purchase.vendor, purchase.content.fields
    sheet.text(_WIDTH / 2, 34, vendor.name, size=13, font="Courier-Bold", align="center")
    address = (*vendor.seat.lines, vendor.phone)
    sheet.lines(_WIDTH / 2, 50, address, size=9, font="Courier", align="center")
    sheet.text(14, 94, f"{print_date(fields['date'])}  {clock}", size=9, font="Courier")
    sheet.text(_WIDTH - 14, 94, "Till 2", size=9, font="Courier", align="right")
    sheet.rule(14, 100, _WIDTH - 14, 100)
    y = 116.0
    for item in purchase.items:
        y = _draw_row(sheet, y, f"{item.quantity} {item.name}", cents(item.amount))
    sheet.rule(14, y - 6, _WIDTH - 14, y - 6)
    y = _draw_row(sheet, y + 8, "SUBTOTAL", fields["subtotal"])
    y = _draw_row(sheet, y, f"TAX {purchase.tax_rate * 100:.2f}%", fields["tax"])
    y = _draw_row(sheet, y + 4, "TOTAL", fields["total"], size=13)
    y = _draw_row(sheet, y + 4, paid_with, fields["total"])
    sheet.lines(
        *(_WIDTH / 2, y + 16),
        ("Thank you for your visit", "Returns within 30 days with receipt"),
        size=8,
        font="Courier",
        align="center",
    )
    canvas.save()
    return target.getvalue()


def _draw_row(sheet: Sheet, y: float, label: str, amount: str, *, size: float = 9.5) -> float:
    font = "Courier-Bold" if label == "TOTAL" else "Courier"
    sheet.text(14, y, label, size=size, font=font)
    sheet.text(_WIDTH - 14, y, print_amount(amount), size=size, font=font, align="right")
    return y + size * 1.5
