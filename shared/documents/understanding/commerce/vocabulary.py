"""The printed words that say what a value is, found in spite of case, spacing and OCR."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import NamedTuple

from shared.documents.understanding.catalogue import load
from shared.documents.understanding.commerce.rows import Row, Spot

STRENGTHS = {"strong": 1.0, "plain": 0.8, "weak": 0.4}

MISPRINTED = 0.9
"""What a label counts for when a letter of it is misread."""

MISREADABLE = 6
"""Shorter labels become other words too easily."""

_VALUE = re.compile(r"[:=]|[-$(]*\d[\d,. ]*[.,]\d\d(?!\d|\s?%)|$")
_LOOKALIKES = str.maketrans("|!l", "iii")
_LETTERS = str.maketrans("0158", "oisb")
_DIGIT_FOR_LETTER = re.compile(r"(?<=[a-z])[0158](?![\d]|[.,]\d)|(?<!\d)[0158](?=[a-z]{2})")
_CURRENCIES = re.compile(r"(?<![a-z])(?:rm|myr|usd|eur|gbp|inr|rs)(?![a-z])")


class Label(NamedTuple):
    """A label in a row's text: what it names and how plainly it does."""

    role: str
    strength: float
    start: int
    end: int


class Vocabulary:
    """Phrases by what they name; where several fit, the longest is meant."""

    def __init__(self, phrases: Mapping[str, tuple[str, float]]) -> None:
        self._phrases = phrases
        self._longest = max(map(len, phrases), default=0)
        self._misprints = {
            shorter: phrase
            for phrase in phrases
            if len(phrase) >= MISREADABLE
            for shorter in _shorter(phrase)
        }

    def labels(self, row: Row) -> tuple[Label, ...]:
        """The labels of a row; one that heads a cell may be misread by a letter."""
        heads = [head for cell in row.cells() if (head := self._head(cell))]
        labels: list[Label] = []
        for label in sorted([*heads, *self.find(row.text)], key=_span):
            if not labels or label.start >= labels[-1].end:
                labels.append(label)
        return tuple(labels)

    def find(self, text: str) -> Iterator[Label]:
        letters, places = _letters(text)
        position = 0
        while position < len(letters):
            label = self._at(text, letters, places, position)
            if label is None:
                position += 1
            else:
                yield label
                while position < len(letters) and places[position] < label.end:
                    position += 1

    def _head(self, cell: Spot) -> Label | None:
        """The label that is all of the cell up to its amount or colon, whatever rate it names."""
        head = _VALUE.split(cell.text, maxsplit=1)[0]
        words = [pair for pair in zip(*_letters(head), strict=True) if not pair[0].isdigit()]
        letters = "".join(letter for letter, _ in words)
        known = self._phrases.get(letters) or self._misprinted(letters)
        return Label(*known, cell.start, cell.start + words[-1][1] + 1) if known else None

    def _misprinted(self, letters: str) -> tuple[str, float] | None:
        if len(letters) < MISREADABLE:
            return None
        for shorter in (letters, *_shorter(letters)):
            if meant := self._misprints.get(shorter) or (shorter in self._phrases and shorter):
                role, strength = self._phrases[meant]
                return role, strength * MISPRINTED
        return None

    def _at(self, text: str, letters: str, places: list[int], position: int) -> Label | None:
        start = places[position]
        if start > 0 and text[start - 1].isalpha() and text[start].isalpha():
            return None
        for length in range(min(self._longest, len(letters) - position), 0, -1):
            known = self._phrases.get(letters[position : position + length])
            end = places[position + length - 1] + 1
            if known and _ends_there(text, end):
                return Label(known[0], known[1], start, end)
        return None


def _span(label: Label) -> tuple[int, int]:
    """Labels in the order of their starts, the longest of those with one start first."""
    return label.start, -label.end


def _shorter(phrase: str) -> Iterator[str]:
    """The phrase with one letter left out; two misprints of a phrase share one of these."""
    return (phrase[:place] + phrase[place + 1 :] for place in range(len(phrase)))


def _ends_there(text: str, end: int) -> bool:
    """A label ends where its word does, or where OCR has glued the value or currency to it."""
    rest = text[end:].lower()
    return not rest[:1].isalpha() or _CURRENCIES.match(rest) is not None


def _letters(text: str) -> tuple[str, list[int]]:
    """What survives OCR, and where each letter stands; letters that look alike become one."""
    plain = "".join(unicodedata.normalize("NFD", letter)[0] for letter in text.lower())
    plain = _CURRENCIES.sub(lambda match: " " * len(match[0]), plain)
    plain = _DIGIT_FOR_LETTER.sub(lambda match: match[0].translate(_LETTERS), plain)
    pairs = [
        (letter, place)
        for place, mark in enumerate(plain)
        for letter in ("no" if mark == "#" else mark)
        if letter.isalnum() or letter in "|!"
    ]
    folded = "".join(letter for letter, _ in pairs).translate(_LOOKALIKES)
    return folded, [place for _, place in pairs]


@cache
def amounts_and_dates() -> Vocabulary:
    return _vocabulary(load("commerce")["labels"])


@cache
def statements() -> Vocabulary:
    return _vocabulary(load("commerce")["statement"])


@cache
def layout(name: str) -> Vocabulary:
    """One of the lists of ``[layout]``: ``columns``, ``summaries``, ``customers``, ``vendors``."""
    return _vocabulary({name: {"strong": load("commerce")["layout"][name]}})


def _vocabulary(labels: Mapping[str, Mapping[str, Iterable[str]]]) -> Vocabulary:
    phrases: dict[str, tuple[str, float]] = {}
    for role, by_strength in labels.items():
        for name, written in by_strength.items():
            for phrase in (spelt for one in written for spelt in _spellings(one)):
                known = phrases.get(phrase)
                if known is None or known[1] < STRENGTHS[name]:
                    phrases[phrase] = (role, STRENGTHS[name])
    return Vocabulary(phrases)


def _spellings(phrase: str) -> Iterator[str]:
    variants: dict[str, list[str]] = load("commerce")["variants"]
    for words in product(*(variants.get(word, [word]) for word in phrase.split())):
        yield _letters(" ".join(words))[0]


def party_words(name: str, text: str) -> int:
    """How many words of a list of ``[party]`` the text has."""
    return len(_party_pattern(name).findall(text))


def ends_as_company(text: str) -> bool:
    return _company_end().search(text) is not None


def without_titles(text: str) -> str:
    """The name that shares its line with the title of the document."""
    return _titles().sub("", text).strip()


@cache
def _party_pattern(name: str) -> re.Pattern[str]:
    words = "|".join(
        re.escape(word.rstrip("."))
        for word in sorted(load("commerce")["party"][name], key=len)[::-1]
    )
    plural = "s?" if name == "trades" else ""
    return re.compile(rf"(?<!\w)(?:{words}){plural}(?!\w)", re.IGNORECASE)


@cache
def _company_end() -> re.Pattern[str]:
    return re.compile(rf"{_party_pattern('legal').pattern}\W*$", re.IGNORECASE)


@cache
def _titles() -> re.Pattern[str]:
    title = _party_pattern("titles").pattern
    return re.compile(rf"^{title}\W+|\W+{title}\W*$", re.IGNORECASE)
