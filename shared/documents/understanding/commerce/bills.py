"""The fields of an invoice or receipt."""

import re
from collections.abc import Iterator

from shared.documents.understanding.catalogue import load
from shared.documents.understanding.commerce import dating, numbering, parties, totals, values
from shared.documents.understanding.commerce.sheet import Sheet, sheet
from shared.documents.understanding.commerce.vocabulary import amounts_and_dates
from shared.documents.understanding.models import FieldValue, Part
from shared.vendors.reading import Reading

# Shares that were right, from one half of a set of photographed receipts and a set of invoices.
AMOUNT = ((0.2, 0.2), (1.0, 0.5), (1.6, 0.8), (2.3, 0.88), (3.0, 0.95), (4.0, 0.985))
DATE = ((0.1, 0.3), (0.3, 0.85), (0.4, 0.93), (0.9, 0.97), (1.1, 0.98))
NAME = ((0.5, 0.3), (1.5, 0.6), (2.5, 0.87), (3.0, 0.9), (4.0, 0.92), (6.0, 0.95))
NUMBER = ((0.3, 0.4), (0.7, 0.8), (0.8, 0.85), (1.0, 0.95))
ADDRESS = 0.7
CURRENCY = 0.9


def fields(reading: Reading, part: Part) -> Iterator[FieldValue]:
    page = sheet(reading, part, amounts_and_dates())
    if not page.rows:
        return
    yield from _party(page)
    yield from _number_and_dates(page)
    yield from _amounts(page)


def _party(page: Sheet) -> Iterator[FieldValue]:
    vendor = parties.vendor(page)
    if vendor is None:
        return
    sure = values.confidence(vendor.points, NAME)
    yield values.printed("vendor_name", vendor.name, vendor.spots, sure)
    if address := parties.address(page, vendor):
        yield values.printed("vendor_address", address.text, address.spots, sure * ADDRESS)


def _number_and_dates(page: Sheet) -> Iterator[FieldValue]:
    if number := numbering.number(page):
        sure = values.confidence(number.points, NUMBER)
        yield values.printed("invoice_number", number.number, [number.spot], sure)
    days = tuple(page.days())
    for name, found in (("date", dating.issued(days)), ("due_date", dating.due(days))):
        if found:
            sure = values.confidence(found.points, DATE) * found.day.date.certainty
            yield values.printed(name, found.day.date.iso, [found.day.spot], sure)


def _amounts(page: Sheet) -> Iterator[FieldValue]:
    chosen = totals.choose(page.values())
    for name, rival in (
        ("subtotal", chosen.subtotal),
        ("tax", chosen.tax),
        ("total", chosen.total),
    ):
        if rival is None:
            continue
        value = rival.value
        sure = values.confidence(rival.points, AMOUNT) * (0.9 if value.amount.repaired else 1.0)
        if value.role in totals.ARITHMETIC:
            yield values.derived(name, value.amount.value, value.spot.page_number, sure)
        else:
            yield values.printed(name, value.amount.value, [value.spot], sure)
    if currency := _currency(page.text):
        yield values.derived("currency", currency, page.rows[0].page.number, CURRENCY)


def _currency(text: str) -> str | None:
    """The currency that most amounts of the text are in."""
    counts = {
        code: len(re.findall(rf"(?<![\w$])(?:{'|'.join(marks)})(?![a-z])", text, re.IGNORECASE))
        for code, marks in load("commerce")["currency"].items()
    }
    most = max(counts, key=lambda code: counts[code])
    return most if counts[most] else None
