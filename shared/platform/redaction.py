"""Taking taxpayer identification numbers out of text that leaves the safe places."""

import re
from collections.abc import Mapping
from typing import Any

GAP = r"[\s.\-\u2010-\u2015\u2212\ufe63\uff0d_~\u00b7|!]"
"""What may stand between the groups of a TIN: as people type it, or as OCR sees what they typed."""

_UNSEEN = r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"
_DIGIT = rf"(?:\d{_UNSEEN})"
# A lone point makes decimals, so it stands twice or not at all: 234.56 2024 is an amount of a year.
_BREAK = rf"(?!\.\d)(?:{GAP}{_UNSEEN}){{1,3}}"
_SSN = rf"{_DIGIT}{{3}}(?:\.{_DIGIT}{{2}}\.|{_BREAK}{_DIGIT}{{2}}{_BREAK})"
_EIN = rf"{_DIGIT}{{2}}{_BREAK}{_DIGIT}{{3}}"
# Digits around it make it another number, and so does a decimal point make nine bare digits.
_TIN = re.compile(
    rf"(?<!\d)(?:{_SSN}|{_EIN})(?P<written>{_DIGIT}{{4}})(?!\d)"
    rf"|(?<!\d)(?<!\d\.){_DIGIT}{{5}}(?P<bare>{_DIGIT}{{4}})(?!\d|\.\d)"
)

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def mask(last4: str) -> str:
    return f"***-**-{last4}"


def redact(text: str) -> str:
    """Leave the last four digits of whatever has the shape of a TIN."""
    return _TIN.sub(_masked, text)


def redact_all(value: Any) -> Any:
    """The same in whatever goes into JSON; an id stays, though its digits may look like a TIN."""
    match value:
        case str():
            return value if _ID.fullmatch(value) else redact(value)
        case Mapping():
            return {name: redact_all(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact_all(each) for each in value]
        case _:
            return value


def _masked(match: re.Match[str]) -> str:
    last4 = match["written"] or match["bare"]
    return mask("".join(mark for mark in last4 if mark.isdecimal()))
