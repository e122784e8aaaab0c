"""Inventing a W-2 whose boxes agree with each other."""

from dataclasses import replace
from decimal import Decimal
from random import Random

from local.samples.models import Content
from local.samples.people import invent_company, invent_person
from shared.documents.kinds import DocumentKind

TICKED = "yes"
_TRADES = ("Dairy Co-operative", "Ferry Works LLC", "Clockmakers Inc", "Orchard Supply Co")
_STATE_RATES = {"OH": "0.031", "PA": "0.0307", "MN": "0.0585", "CO": "0.044", "NY": "0.0571"}


def cents(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))


def invent_w2(chance: Random, year: int, *, second_state: bool = False) -> Content:
    """Invent one job; its pay stays below the wage base and the Medicare surcharge of any year."""
    employer = invent_company(chance, chance.choice(_TRADES))
    employee = invent_person(chance)
    gross = Decimal(chance.randint(38_000_00, 118_000_00)) / 100
    deferral = (gross * chance.randint(3, 8) / 100).quantize(Decimal("0.01"))
    wages = gross - deferral
    fields = {
        "employee_ssn": employee.ssn,
        "employer_ein": employer.ein,
        "employer_name": employer.name,
        "employer_address": employer.seat.address,
        "control_number": f"{chance.choice('ABCDKX')}{chance.randint(1000, 99999):05}",
        "employee_name": employee.name,
        "employee_address": employee.home.address,
        "box_1": cents(wages),
        "box_2": cents(wages * chance.randint(90, 170) / 1000),
        "box_3": cents(gross),
        "box_4": cents(gross * Decimal("0.062")),
        "box_5": cents(gross),
        "box_6": cents(gross * Decimal("0.0145")),
        "box_12a_code": "D",
        "box_12a": cents(deferral),
        "box_12b_code": "DD",
        "box_12b": cents(Decimal(chance.randint(4_200_00, 17_900_00)) / 100),
        "box_13_retirement": TICKED,
    }
    fields |= _state_rows(chance, employer.seat.state, wages, second_state=second_state)
    blocks = {
        "employer": employer.lines,
        "employee": (employee.name, *employee.home.lines),
        "employee_first": (employee.first_name,),
        "employee_last": (employee.last_name,),
        "employee_home": employee.home.lines,
    }
    return Content(DocumentKind.W2, year, fields, blocks)


def with_tips(plain: Content, chance: Random) -> Content:
    """Make part of the social security wages tips, as in a restaurant."""
    wages = Decimal(plain.fields["box_3"])
    tips = (wages * chance.randint(5, 20) / 100).quantize(Decimal("0.01"))
    boxes = {"box_3": cents(wages - tips), "box_7": cents(tips), "box_10": "1200.00"}
    return replace(plain, fields=plain.fields | boxes)


def with_locality(plain: Content, locality: str) -> Content:
    wages = Decimal(plain.fields["box_16"])
    boxes = {
        "box_14": "UNION DUES 312.00",
        "box_18": cents(wages),
        "box_19": cents(wages * Decimal("0.0125")),
        "box_20": locality,
    }
    return replace(plain, fields=plain.fields | boxes)


def with_wrong_social_security_tax(right: Content) -> Content:
    """Put the whole 7.65 % of payroll tax into box 4, a classic of home-made W-2s."""
    tax = cents(Decimal(right.fields["box_3"]) * Decimal("0.0765"))
    return replace(right, fields=right.fields | {"box_4": tax})


def _state_rows(chance: Random, home: str, wages: Decimal, *, second_state: bool) -> dict[str, str]:
    elsewhere = next(state for state in _STATE_RATES if state != home)
    at_home = (wages * Decimal("0.7")).quantize(Decimal("0.01")) if second_state else wages
    rows = {
        "box_15": home,
        "box_15_id": f"{chance.randint(10, 99)}-{chance.randint(100000, 999999)}",
        "box_16": cents(at_home),
        "box_17": cents(at_home * Decimal(_STATE_RATES[home])),
    }
    if second_state:
        rows |= {
            "box_15_2": elsewhere,
            "box_15_id_2": f"{chance.randint(10, 99)}-{chance.randint(100000, 999999)}",
            "box_16_2": cents(wages - at_home),
            "box_17_2": cents((wages - at_home) * Decimal(_STATE_RATES[elsewhere])),
        }
    return rows
