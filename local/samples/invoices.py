"""Two invoices no template would have in common."""

from io import BytesIO

from local.samples.printing import print_amount, print_date, print_long_date
from local.samples.sheet import Align, Sheet, new_canvas
from local.samples.trade import Purchase
from local.samples.wages import cents

_BOLD = "Helvetica-Bold"


def draw_letterhead_invoice(purchase: Purchase) -> bytes:
    """Letterhead on the left, a box of dates on the right, a ruled table, sums below it."""
    target = BytesIO()
    canvas = new_canvas(target)
    sheet, vendor, fields = Sheet(canvas), purchase.vendor, purchase.content.fields
    sheet.text(54, 70, vendor.name, size=16, font=_BOLD)
    sheet.lines(54, 86, (*vendor.seat.lines, vendor.phone), size=9)
    sheet.text(558, 74, "INVOICE", size=24, font=_BOLD, align="right")
    _draw_dates(
        sheet,
        (
            ("Invoice No.", fields["invoice_number"]),
            ("Invoice Date", print_date(fields["date"])),
            ("Terms", "Net 30"),
            ("Due Date", print_date(fields["due_date"])),
        ),
    )
    sheet.text(54, 150, "Bill To", size=9, font=_BOLD)
    sheet.lines(54, 164, purchase.buyer, size=10)
    foot = _draw_table(sheet, purchase, top=240)
    sums = (
        ("Subtotal", fields["subtotal"]),
        (f"Sales Tax ({purchase.tax_rate * 100:.2f}%)", fields["tax"]),
        ("Total Due", fields["total"]),
    )
    for label, amount in sums:
        foot += 18
        font = _BOLD if label == "Total Due" else "Helvetica"
        sheet.text(470, foot, label, size=10, font=font, align="right")
        sheet.text(552, foot, f"${print_amount(amount)}", size=10, font=font, align="right")
    sheet.text(54, 700, "Please make checks payable to " + vendor.name + ".", size=9)
    sheet.text(54, 714, "A finance charge of 1.5% per month applies to late payments.", size=9)
    canvas.save()
    return target.getvalue()


def draw_plain_invoice(purchase: Purchase) -> bytes:
    """No rules and no box: the amount due in large type on top, the sender in the foot."""
    target = BytesIO()
    canvas = new_canvas(target)
    sheet, vendor, fields = Sheet(canvas), purchase.vendor, purchase.content.fields
    sheet.text(72, 90, f"Invoice #{fields['invoice_number']}", size=20)
    sheet.text(72, 112, f"Issued {print_long_date(fields['date'])}", size=10)
    sheet.text(72, 126, f"Payment due by {print_long_date(fields['due_date'])}", size=10)
    sheet.text(540, 90, f"${print_amount(fields['total'])}", size=20, font=_BOLD, align="right")
    sheet.text(540, 108, "Amount due (USD)", size=9, align="right")
    sheet.text(72, 170, "From", size=8)
    sheet.lines(72, 184, (vendor.name, *vendor.seat.lines), size=10)
    sheet.text(320, 170, "Invoice to", size=8)
    sheet.lines(320, 184, purchase.buyer, size=10)
    y = 270.0
    for item in purchase.items:
        line = f"{item.quantity} \N{MULTIPLICATION SIGN} {item.name}"
        sheet.text(72, y, line, size=10)
        sheet.text(400, y, f"at ${print_amount(cents(item.price))}", size=10, align="right")
        sheet.text(540, y, f"${print_amount(cents(item.amount))}", size=10, align="right")
        y += 22
    sums = (("Net", "subtotal"), ("Tax", "tax"), ("Total", "total"))
    for label, name in sums:
        y += 18
        sheet.text(400, y, label, size=10, align="right")
        sheet.text(540, y, f"${print_amount(fields[name])}", size=10, align="right")
    foot = f"{vendor.name}  |  {vendor.phone}  |  EIN {vendor.ein}"
    sheet.text(306, 740, foot, size=8, align="center")
    canvas.save()
    return target.getvalue()


def _draw_dates(sheet: Sheet, rows: tuple[tuple[str, str], ...]) -> None:
    for row, (label, value) in enumerate(rows):
        top = 92 + row * 18
        sheet.rectangle((380, top, 470, top + 18), fill=0.92)
        sheet.rectangle((470, top, 558, top + 18))
        sheet.text(386, top + 12, label, size=9, font=_BOLD)
        sheet.text(476, top + 12, value, size=9)


def _draw_table(sheet: Sheet, purchase: Purchase, top: float) -> float:
    columns: tuple[tuple[float, str, Align], ...] = (
        (60, "Qty", "left"),
        (100, "Description", "left"),
        (450, "Unit Price", "right"),
        (552, "Amount", "right"),
    )
    sheet.rectangle((54, top, 558, top + 18), fill=0.85)
    for x, label, align in columns:
        sheet.text(x, top + 12, label, size=9, font=_BOLD, align=align)
    y = top + 34
    for item in purchase.items:
        row = (str(item.quantity), item.name, cents(item.price), cents(item.amount))
        for (x, _, align), cell in zip(columns, row, strict=True):
            shown = print_amount(cell) if align == "right" else cell
            sheet.text(x, y, shown, size=10, align=align)
        sheet.rule(54, y + 6, 558, y + 6, width=0.3)
        y += 20
    return y
