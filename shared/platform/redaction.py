"""Taking taxpayer identification numbers out of text that leaves the safe places."""

import re

# Digits around it make it another number, and so does a decimal point make nine bare digits.
_TIN = re.compile(
    r"(?<!\d)(?:\d{3}[- ]\d{2}[- ]|\d{2}[- ]\d{3})(?P<written>\d{4})(?!\d)"
    r"|(?<!\d)(?<!\d\.)\d{5}(?P<bare>\d{4})(?!\d|\.\d)"
)


def mask(last4: str) -> str:
    return f"***-**-{last4}"


def redact(text: str) -> str:
    """Leave the last four digits of whatever has the shape of a TIN."""
    return _TIN.sub(lambda match: mask(match["written"] or match["bare"]), text)
