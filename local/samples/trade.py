"""Inventing purchases: what an invoice or a receipt lists, and the sums below it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from local.samples.models import Content
from local.samples.people import Company, invent_company, invent_person
from local.samples.wages import cents
from shared.documents.kinds import DocumentKind


@dataclass(frozen=True)
class Item:
    name: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True)
class Purchase:
    """What was bought from whom; ``content`` is what should be read from the paper."""

    vendor: Company
    buyer: tuple[str, ...]
    items: tuple[Item, ...]
    tax_rate: Decimal
    content: Content


def invent_invoice(chance: Random, trade: str, offers: tuple[str, ...], number: str) -> Purchase:
    vendor = invent_company(chance, trade)
    issued = date(2024, 1, 8) + timedelta(days=chance.randint(0, 330))
    items = _invent_items(chance, offers, 40_00, 900_00)
    rate = Decimal(chance.choice(("0.0575", "0.0725", "0.08")))
    fields = {
        "vendor_name": vendor.name,
        "invoice_number": number,
        "date": issued.isoformat(),
        "due_date": (issued + timedelta(days=30)).isoformat(),
        **_sums(items, rate),
    }
    buyer = invent_person(chance)
    content = Content(DocumentKind.INVOICE, None, fields)
    return Purchase(vendor, (buyer.name, *buyer.home.lines), items, rate, content)


def invent_receipt(chance: Random, trade: str, offers: tuple[str, ...]) -> Purchase:
    vendor = invent_company(chance, trade)
    bought = date(2024, 2, 3) + timedelta(days=chance.randint(0, 300))
    items = _invent_items(chance, offers, 1_50, 12_00)
    rate = Decimal(chance.choice(("0.06", "0.0725")))
    fields = {"vendor_name": vendor.name, "date": bought.isoformat(), **_sums(items, rate)}
    return Purchase(vendor, (), items, rate, Content(DocumentKind.RECEIPT, None, fields))


def _invent_items(
    chance: Random, offers: tuple[str, ...], least: int, most: int
) -> tuple[Item, ...]:
    return tuple(
        Item(name, chance.randint(1, 4), Decimal(chance.randint(least, most)) / 100)
        for name in chance.sample(offers, 4)
    )


def _sums(items: tuple[Item, ...], rate: Decimal) -> dict[str, str]:
    subtotal = sum((item.amount for item in items), Decimal(0))
    tax = (subtotal * rate).quantize(Decimal("0.01"))
    return {"subtotal": cents(subtotal), "tax": cents(tax), "total": cents(subtotal + tax)}
