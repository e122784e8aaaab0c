"""How fields look on paper: amounts with or without thousands commas, dates as people write."""

import re
from datetime import date

from local.samples.models import Content

_AMOUNT = re.compile(r"-?\d+\.\d\d")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def print_amount(amount: str, *, commas: bool = True) -> str:
    if not commas:
        return amount
    whole, cents = amount.split(".")
    return f"{int(whole):,}.{cents}"


def print_date(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%m/%d/%Y")


def print_long_date(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%B} {day.day}, {day.year}"


def print_content(content: Content, *, commas: bool) -> dict[str, tuple[str, ...]]:
    printed = {name: (_print(value, commas=commas),) for name, value in content.fields.items()}
    return printed | content.blocks


def _print(value: str, *, commas: bool) -> str:
    if _AMOUNT.fullmatch(value):
        return print_amount(value, commas=commas)
    if _ISO_DATE.fullmatch(value):
        return print_date(value)
    return value
