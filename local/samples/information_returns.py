"""Inventing 1099s and 1098s whose boxes obey the instructions."""

from decimal import Decimal
from random import Random

from local.samples.models import Content
from local.samples.people import Company, Person, invent_company, invent_person
from local.samples.wages import TICKED, cents
from shared.documents.kinds import DocumentKind


def invent_1099_nec(chance: Random, year: int) -> Content:
    payer, paid = invent_company(chance, "Bridge & Barrel LLC"), _amount(chance, 2_400, 48_000)
    boxes = {
        "box_1": cents(paid),
        "box_4": cents(paid * Decimal("0.24")),
        "box_5": cents(paid * Decimal("0.03")),
        "box_6": f"{payer.seat.state}/{chance.randint(1000000, 9999999)}",
        "box_7": cents(paid),
    }
    return _form(chance, DocumentKind.F1099NEC, year, payer, boxes)


def invent_1099_misc(chance: Random, year: int) -> Content:
    payer = invent_company(chance, "Property Management")
    rents = _amount(chance, 6_000, 40_000)
    boxes = {
        "box_1": cents(rents),
        "box_2": cents(_amount(chance, 10, 2_000)),
        "box_6": cents(_amount(chance, 700, 9_000)),
        "box_17": f"{payer.seat.state}/{chance.randint(100000, 999999)}",
        "box_18": cents(rents),
    }
    return _form(chance, DocumentKind.F1099MISC, year, payer, boxes)


def invent_1099_int(chance: Random, year: int) -> Content:
    exempt = _amount(chance, 100, 900)
    boxes = {
        "box_1": cents(_amount(chance, 40, 4_000)),
        "box_2": cents(_amount(chance, 5, 60)),
        "box_3": cents(_amount(chance, 50, 900)),
        "box_8": cents(exempt),
        "box_9": cents(exempt * Decimal("0.2")),
    }
    payer = invent_company(chance, "Savings Bank")
    return _form(chance, DocumentKind.F1099INT, year, payer, boxes)


def invent_1099_div(chance: Random, year: int) -> Content:
    ordinary, gains = _amount(chance, 300, 9_000), _amount(chance, 200, 6_000)
    boxes = {
        "box_1a": cents(ordinary),
        "box_1b": cents(ordinary * Decimal("0.8")),
        "box_2a": cents(gains),
        "box_2b": cents(gains * Decimal("0.1")),
        "box_5": cents(ordinary * Decimal("0.05")),
        "box_7": cents(ordinary * Decimal("0.02")),
        "box_12": cents(_amount(chance, 60, 400)),
    }
    payer = invent_company(chance, "Mutual Funds")
    return _form(chance, DocumentKind.F1099DIV, year, payer, boxes)


def invent_1098(chance: Random, year: int) -> Content:
    """Invent a mortgage: here the lender is the "recipient" and our client the "payer"."""
    lender, borrower = invent_company(chance, "Home Lending"), invent_person(chance)
    principal = _amount(chance, 120_000, 420_000)
    fields = {
        "payer_name": borrower.name,
        "payer_tin": borrower.ssn,
        "recipient_name": lender.name,
        "recipient_tin": lender.ein,
        "account_number": f"{chance.randint(10**9, 10**10 - 1)}",
        "box_1": cents(principal * Decimal("0.0415")),
        "box_2": cents(principal),
        "box_3": f"{year - chance.randint(2, 9)}-{chance.randint(1, 12):02}-17",
        "box_5": cents(principal * Decimal("0.004")),
        "box_7": TICKED,
        "box_10": f"Real estate tax {chance.randint(2, 6)},{chance.randint(0, 999):03}.00",
    }
    blocks = {
        "lender": (*lender.lines, lender.phone),
        "street": (borrower.home.street,),
        "city": (borrower.home.lines[1],),
    }
    return Content(DocumentKind.F1098, year, fields, blocks)


def invent_1098_e(chance: Random, year: int) -> Content:
    lender = invent_company(chance, "Student Loans")
    boxes = {"box_1": cents(_amount(chance, 90, 2_500))}
    return _form(chance, DocumentKind.F1098E, year, lender, boxes)


def invent_1098_t(chance: Random, year: int) -> Content:
    college, paid = invent_company(chance, "College"), _amount(chance, 4_000, 30_000)
    boxes = {
        "box_1": cents(paid),
        "box_4": cents(_amount(chance, 20, 400)),
        "box_5": cents(paid * Decimal("0.4")),
        "box_8": TICKED,
    }
    return _form(chance, DocumentKind.F1098T, year, college, boxes)


def _amount(chance: Random, least: int, most: int) -> Decimal:
    return Decimal(chance.randint(least * 100, most * 100)) / 100


def _form(
    chance: Random, kind: DocumentKind, year: int, payer: Company, boxes: dict[str, str]
) -> Content:
    recipient: Person = invent_person(chance)
    fields = {
        "payer_name": payer.name,
        "payer_tin": payer.ein,
        "recipient_name": recipient.name,
        "recipient_tin": recipient.ssn,
        "account_number": f"{chance.randint(1000, 9999)}-{chance.randint(100000, 999999)}",
    }
    blocks = {
        "payer": (*payer.lines, payer.phone),
        "street": (recipient.home.street,),
        "city": (recipient.home.lines[1],),
    }
    return Content(kind, year, fields | boxes, blocks)
