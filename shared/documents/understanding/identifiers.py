"""Taxpayer identification numbers: SSN, ITIN and ATIN with two dashes, EIN with one."""

import re
from typing import NamedTuple

_LOOKALIKES = str.maketrans("OoQDIl|!iSsBZz", "00001111155822")
_MASKED = re.compile(r"[X*x#•●]{3}\W?[X*x#•●]{2}\W?(\d{4})")
_TRUNCATED = re.compile(r"(?:[\dA-Z*#•●]{3}-[\dA-Z*#•●]{2}-)(\d{4})")
_RUN = re.compile(r"[\dOoQDIl|!iSsBZz](?:[\s.\-\u2013\u2014_~]{0,3}[\dOoQDIl|!iSsBZz]){8}(?![\d-])")


class Identifier(NamedTuple):
    """A number in its canonical form; ``is_sure`` when it was printed in that form."""

    value: str
    is_sure: bool


def read_ssn(text: str) -> Identifier | None:
    """``123-45-6789``, or ``XXX-XX-6789`` where all but four digits are hidden."""
    masked = _MASKED.search(text) or _TRUNCATED.search(text)
    if masked and not masked[0].replace("-", "").isdigit():
        return Identifier(f"XXX-XX-{masked[1]}", is_sure=True)
    return _read(text, ssn=True)


def read_ein(text: str) -> Identifier | None:
    return _read(text, ssn=False)


def _read(text: str, *, ssn: bool) -> Identifier | None:
    found = _RUN.search(text)
    if not found:
        return None
    printed = found[0].translate(_LOOKALIKES)
    digits = re.sub(r"\D", "", printed)
    groups = [len(group) for group in re.findall(r"\d+", printed)]
    as_ssn = groups == [3, 2, 4] or (ssn and groups != [2, 7])
    is_sure = groups in ([3, 2, 4], [2, 7]) or found[0].isdigit()
    value = f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" if as_ssn else f"{digits[:2]}-{digits[2:]}"
    return Identifier(value, is_sure)


def is_ssn(value: str) -> bool:
    return re.fullmatch(r"\d{3}-\d{2}-\d{4}", value) is not None


def is_ein(value: str) -> bool:
    return re.fullmatch(r"\d{2}-\d{7}", value) is not None


def is_masked(value: str) -> bool:
    return re.fullmatch(r"XXX-XX-\d{4}", value) is not None
