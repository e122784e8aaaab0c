"""Money as it is printed, read into cents."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_MISREAD = str.maketrans("OoQDIl|!iSsBZ", "0000111115582")
_DIGIT = r"[0-9OoQDIl|!iSsBZ]"

# A leading "S" before a digit is a dollar sign misread: no currency is written so.
_CURRENCY = r"(?:[A-Z]{1,2}\$|RM|USD?|MYR|EUR|GBP|CAD|AUD|SGD|INR|CHF|PLN|RS\.?|[$£€¥₹]|S(?=\d))"
_MINUS = r"[-\u2212\u2013]"
_WHOLE = rf"""(?:
    {_DIGIT}{{1,3}} (?: [,.']{_DIGIT}{{2,3}} )+
    | \d{{1,3}} (?: [ ]\d{{3}} )+ (?=,\d\d\b)
    | {_DIGIT}+
)"""
_MONEY = re.compile(
    rf"""
    (?<![\w.,%/\#~-]) (?<!\d:)
    (?P<open>\()? (?P<minus>{_MINUS}\s?)?
    (?: (?P<currency>{_CURRENCY}) \s?(?:[:;]|\.(?!\d\d(?![\d.,])))?\s? )?
    (?P<minus_inside>{_MINUS})?
    (?P<number>
        {_WHOLE} [.,] {_DIGIT}\d (?=[A-Z]{{1,2}}\b)
        | {_WHOLE} (?: \s?[.,]\s?{_DIGIT}{{1,2}} )?
        | [.,]\d\d
    )
    (?P<close>\))?
    (?P<minus_after> \s?{_MINUS}(?!\w) | \s?(?:DR|OD)\b )?
    (?: \s?CR\b )?
    (?: \s?(?P<currency_after>{_CURRENCY}) | (?<=\d\d)[A-Z]{{1,2}} )?
    (?! [\w%:/] | [.,-]\d )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CENTS = re.compile(r"[.,]\s?\w\w")
_GROUPED = re.compile(r"\d{1,3}(?:(?P<separator>[,.' ])\d{2,3})*(?<=\D\d{3})")
_SPACED_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?:\D|$))")


class Amount(NamedTuple):
    """An amount of money; ``repaired`` when letters had to be taken for digits."""

    cents: int
    repaired: bool = False

    @property
    def value(self) -> str:
        return decimal(self.cents)


class FoundAmount(NamedTuple):
    """An amount in a longer text, and whether it looks like money: cents or a currency."""

    amount: Amount
    start: int
    end: int
    is_money: bool


def decimal(cents: int) -> str:
    """The plain decimal string of an amount: ``-1234.50``."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def cents(value: str) -> int:
    """The cents of a plain decimal string as :func:`decimal` writes it."""
    whole, _, fraction = value.lstrip("-").partition(".")
    amount = int(whole or "0") * 100 + int(fraction.ljust(2, "0"))
    return -amount if value.startswith("-") else amount


def read_amount(text: str) -> Amount | None:
    """The amount that the whole text is: ``$ 1,234.56``, ``(12.00)``, ``1.234,56-``."""
    match = _MONEY.fullmatch(_SPACED_THOUSANDS.sub("", text.strip()))
    return _amount(match) if match else None


def find_amounts(text: str) -> Iterator[FoundAmount]:
    """Every number in the text that can be an amount, from left to right.

    Letters count as digits only where cents show that it is a number: ``57B`` is a suffix.
    """
    for match in _MONEY.finditer(text):
        if (amount := _amount(match)) is not None:
            has_currency = bool(match["currency"] or match["currency_after"])
            has_cents = _CENTS.search(match["number"][-4:]) is not None
            if amount.repaired and not has_cents:
                continue
            yield FoundAmount(amount, match.start(), match.end(), has_currency or has_cents)


def _amount(match: re.Match[str]) -> Amount | None:
    printed = match["number"]
    if not any(letter.isdigit() for letter in printed):
        return None
    number = printed.translate(_MISREAD)
    amount = _cents(re.sub(r"\s?([.,])\s?", r"\1", number))
    if amount is None:
        return None
    negative = match["minus"] or match["minus_inside"] or match["minus_after"]
    if negative or (match["open"] and match["close"]):
        amount = -amount
    return Amount(amount, repaired=number != printed or match["currency"] in ("S", "s"))


def _cents(number: str) -> int | None:
    """Read a number whose separators may be those of any country.

    The last separator, when one or two digits follow it, starts the cents; three digits after
    it make it a thousands separator, for no one prints tenths of a cent on a total.
    """
    split = re.fullmatch(r"(?P<whole>.*)(?P<point>[.,])(?P<fraction>\d{1,2})", number)
    whole, point, fraction = (
        split.group("whole", "point", "fraction") if split else (number, "", "")
    )
    separators = {letter for letter in whole if not letter.isdigit()}
    if separators:
        is_grouped = _GROUPED.fullmatch(whole) is not None and not whole.startswith("0")
        if not is_grouped or len(separators) > 1 or point in separators:
            return None
    return int("0" + re.sub(r"\D", "", whole)) * 100 + int(fraction.ljust(2, "0"))
