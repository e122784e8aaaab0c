"""What a taxpayer identification number looks like: SSN, ITIN and ATIN, or EIN."""

import re

from shared.clients.entities import EntityType

_BARE = re.compile(r"[0-9]{9}")
_PERSONAL = re.compile(r"([0-9]{3})-?([0-9]{2})-?([0-9]{4})")
_EMPLOYER = re.compile(r"[0-9]{2}-[0-9]{7}")

PEOPLE = frozenset({EntityType.INDIVIDUAL, EntityType.SOLE_PROPRIETOR})
"""Whose nine bare digits are an SSN; those of any other entity are an EIN."""

# Printed on cards and in examples for decades, they are nobody's.
NOBODYS = frozenset({"078051120", "111111111", "333333333", "666666666", "123456789"})
FIRST_TAXPAYER_AREA = 900
TAXPAYER_GROUPS = frozenset({*range(50, 66), *range(70, 89), 90, 91, 92, *range(94, 100)})
ADOPTION_GROUP = 93


class NotATin(ValueError):
    """The message never quotes the number."""


def written(tin: str, entity_type: EntityType) -> str:
    """With the dashes of its kind. Raises ``NotATin``."""
    if _BARE.fullmatch(tin) and entity_type not in PEOPLE:
        tin = f"{tin[:2]}-{tin[2:]}"
    if _EMPLOYER.fullmatch(tin):
        if not tin.strip("0-"):
            raise NotATin("An EIN of zeros is nobody's")
        return tin
    return _personal(tin)


def digits(tin: str) -> str:
    """A TIN is the same with and without its dashes."""
    return tin.replace("-", "")


def _personal(tin: str) -> str:
    match = _PERSONAL.fullmatch(tin)
    if match is None:
        raise NotATin("A TIN is nine digits, as 000-00-0000 or 00-0000000")
    area, group, serial = match.groups()
    if int(area) >= FIRST_TAXPAYER_AREA:
        if int(group) not in TAXPAYER_GROUPS | {ADOPTION_GROUP}:
            raise NotATin("A number that begins with 9 is an ITIN, whose groups go from 50 to 99")
    elif area in {"000", "666"} or group == "00" or serial == "0000" or digits(tin) in NOBODYS:
        raise NotATin("No SSN like this one has been given to anybody")
    return f"{area}-{group}-{serial}"
