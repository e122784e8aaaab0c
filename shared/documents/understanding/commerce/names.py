"""What a line of print looks like: a company's name, a place, or something else."""

import re

from shared.documents.understanding.commerce.rows import Spot
from shared.documents.understanding.commerce.vocabulary import (
    ends_as_company,
    layout,
    party_words,
    without_titles,
)

LEGAL_FORM = 3.0
TRADE = 1.5
LARGE_TYPE = 1.5
"""At most, for type that is larger than the page's usual type."""

NUMBERS = -2.0
PLACE = -2.0
IN_BRACKETS = -2.0
SENTENCE = -3.0
SOMETHING_ELSE = -4.0
LONGEST_NAME = 8
SHORTEST_NAME = 3

EDGES = " ,:;*-_=~|<>\"'"

_REACH = re.compile(r"@|www\.|https?:|\.com\b", re.IGNORECASE)
_REGISTRATION = re.compile(r"\s*[(\[][^()\[\]]*\d[^()\[\]]*[)\]]?\s*$|\s+\w{,2}\d{5,}-?\w?\)?\s*$")
_POSTCODE = re.compile(r"(?<![\w(-])\d{5}(?:-\d{4})?(?![\w-])")
_SEPARATOR = re.compile(r"\s+[-\u2013\u00b7\u2022|]\s+")
_NUMBERS = re.compile(r"\d{3}|\d.*\d.*\d")
_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]")


def name_in(cell: Spot) -> str:
    """The name in a cell, without its label, the document's title and registration numbers.

    What follows a dash after a company's legal form is its address.
    """
    label = next((label for label in layout("vendors").find(cell.text)), None)
    text = cell.text[label.end :] if label and label.start == 0 and ":" in cell.text else cell.text
    name = without_titles(_REGISTRATION.sub("", text).strip(EDGES).lstrip("."))
    first = _SEPARATOR.split(name)[0]
    return first if ends_as_company(first) else name


def is_long_enough(name: str) -> bool:
    return len(_LETTER.findall(name)) >= SHORTEST_NAME


def looks(name: str, cell: Spot, usual_height: float) -> float:
    """How much the text looks like a company's name."""
    is_company = ends_as_company(name)
    traits = (
        (is_company, LEGAL_FORM),
        (is_of_a_trade(name), TRADE),
        (_NUMBERS.search(name) is not None, NUMBERS),
        (party_words("places", name) > 0 and not is_company, PLACE),
        (is_reach(cell.text) or is_other(name), SOMETHING_ELSE),
        (name.startswith("("), IN_BRACKETS),
        (len(name.split()) > LONGEST_NAME, SENTENCE),
    )
    enlarged = max(0.0, cell.row.height / usual_height - 1)
    return sum(points for holds, points in traits if holds) + min(LARGE_TYPE, enlarged)


def is_generic(name: str) -> bool:
    """Whether the words are those that end many names: ``RESTAURANT SDN BHD``."""
    words = name.split()
    known = party_words("trades", name) + party_words("legal", name)
    return len(words) <= SHORTEST_NAME and known >= len(words) - 1


def is_wholly_generic(name: str) -> bool:
    known = party_words("trades", name) + party_words("legal", name)
    return known >= len(name.split())


def is_of_a_trade(text: str) -> bool:
    return party_words("trades", text) > 0


def is_of_a_company(text: str) -> bool:
    return ends_as_company(text) or is_of_a_trade(text)


def is_other(text: str) -> bool:
    """Whether the text starts as a title, a greeting or a line of numbers does."""
    words = text.split()
    return any(party_words("others", " ".join(words[:count])) > 0 for count in (1, 2))


def is_reach(text: str) -> bool:
    """Whether the text is a way to reach someone: an e-mail address, a web site."""
    return _REACH.search(text) is not None


def is_place(text: str) -> bool:
    return (
        not is_other(text)
        and not is_reach(text)
        and (party_words("places", text) > 0 or _POSTCODE.search(text) is not None)
    )
