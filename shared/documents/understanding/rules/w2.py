"""Form W-2: what the Social Security Administration and the IRS reject or question."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shared.documents.understanding.amounts import cents, decimal
from shared.documents.understanding.identifiers import is_ein, is_masked, is_ssn
from shared.documents.understanding.models import FieldValue, Finding
from shared.documents.understanding.rules.findings import finding, table
from shared.documents.understanding.withholding import agrees, medicare_tax, social_security_tax

Fields = Mapping[str, FieldValue]
SLOTS = ("a", "b", "c", "d")


class _Amounts(NamedTuple):
    """Boxes 1 to 7 in cents; an empty box is ``None``."""

    box_1: int | None
    box_3: int | None
    box_4: int | None
    box_5: int | None
    box_6: int | None
    box_7: int | None

    @property
    def social_security(self) -> int:
        return (self.box_3 or 0) + (self.box_7 or 0)


def check(fields: Fields, tax_year: int | None) -> Iterator[Finding]:
    amounts = _amounts(fields)
    if amounts:
        yield from _social_security(amounts, tax_year)
        yield from _medicare(amounts)
        yield from _deferrals(amounts, fields)
    yield from _codes(fields, tax_year)
    yield from _identifiers(fields)


def _amounts(fields: Fields) -> _Amounts | None:
    """The boxes that the equations speak of, unless one holds ink that nobody can read."""
    values: list[int | None] = []
    for name in _Amounts._fields:
        field = fields.get(name)
        if field and field.value is None:
            return None
        values.append(cents(field.value) if field and field.value else None)
    return _Amounts(*values)


def _social_security(amounts: _Amounts, tax_year: int | None) -> Iterator[Finding]:
    wages, tax = amounts.social_security, amounts.box_4 or 0
    if amounts.box_5 is not None and amounts.box_5 < wages:
        yield finding("W2-01", "box_5", "box_3", "box_7")
    base = table("wage_base").get(str(tax_year))
    if base and wages > base * 100:
        yield finding("W2-02", "box_3", "box_7", detail=f"The base of {tax_year} is {base:,}.")
    if tax and not wages:
        yield finding("W2-04", "box_4", "box_3", "box_7")
    elif not wages and amounts.box_1:
        yield finding("W2-10", "box_3", "box_4")
    elif _is_wrong_tax(wages, tax, base):
        due = decimal(social_security_tax(wages))
        yield finding("W2-03", "box_4", "box_3", "box_7", detail=f"6.2 % would be {due}.")


def _is_wrong_tax(wages: int, tax: int, base: int | None) -> bool:
    most = social_security_tax(base * 100) if base else None
    return not agrees(tax, social_security_tax(wages)) or (most is not None and tax > most)


def _medicare(amounts: _Amounts) -> Iterator[Finding]:
    wages, tax = amounts.box_5 or 0, amounts.box_6 or 0
    due = medicare_tax(wages)
    if tax and not wages:
        yield finding("W2-05", "box_6", "box_5")
    elif not agrees(tax, due):
        yield finding("W2-06", "box_6", "box_5", detail=f"It would be {decimal(due)}.")


def _deferrals(amounts: _Amounts, fields: Fields) -> Iterator[Finding]:
    more = (amounts.box_3 or 0) - (amounts.box_1 or 0)
    if amounts.box_1 is None or more <= 0:
        return
    deferred = sum(
        cents(amount)
        for slot in SLOTS
        if _value(fields, f"box_12{slot}_code") in table("deferrals")["codes"]
        and (amount := _value(fields, f"box_12{slot}"))
    )
    yield finding(
        "W2-07",
        "box_3",
        "box_1",
        detail=f"The difference is {decimal(more)}; deferrals in box 12 are {decimal(deferred)}.",
    )


def _codes(fields: Fields, tax_year: int | None) -> Iterator[Finding]:
    known = {
        code
        for since, codes in table("box_12_codes").items()
        if tax_year is None or int(since) <= tax_year
        for code in codes
    }
    for slot in SLOTS:
        code = _value(fields, f"box_12{slot}_code")
        if code and code not in known:
            yield finding("W2-08", f"box_12{slot}_code", detail=f"It says {code}.")


def _identifiers(fields: Fields) -> Iterator[Finding]:
    ssn, ein = _value(fields, "employee_ssn"), _value(fields, "employer_ein")
    if ssn and is_masked(ssn):
        yield finding("W2-09-SSN-HIDDEN", "employee_ssn")
    elif ssn and not _may_be_issued(ssn):
        yield finding("W2-09", "employee_ssn")
    if ein and not is_ein(ein):
        yield finding("W2-09-EIN", "employer_ein")
    elif ein and ein[:2] in table("identifiers")["unassigned_ein_prefixes"]:
        yield finding("W2-09-EIN-PREFIX", "employer_ein")


def _may_be_issued(ssn: str) -> bool:
    """No area 000, 666 or from 900 on, no group 00, no serial 0000."""
    if not is_ssn(ssn) or ssn in table("identifiers")["never_issued_ssns"]:
        return False
    area, group, serial = ssn.split("-")
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def _value(fields: Fields, name: str) -> str | None:
    field = fields.get(name)
    return field.value if field else None
