"""Which pages of a file belong together: a plain file is one part, a packet several."""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.catalogue import load
from shared.documents.understanding.classification import mentions
from shared.documents.understanding.extraction import extract
from shared.documents.understanding.models import PageKind, Part
from shared.vendors.reading import Page, Reading

SURE = 0.9
"""Pages whose kind is at least this sure stand for themselves."""

MISREADINGS = 2
"""Two numbers that differ in more characters than this are not one number, misread."""

_CONTINUED = re.compile(
    r"\bpage\s*:?\s*[2-9]\b|\bcont(?:inued|'d)\b|\b([2-9])\s*(?:of|/)\s*(?!\1)[2-9]\b",
    re.IGNORECASE,
)

_Sheet = tuple[Page, PageKind]


def split(reading: Reading, kinds: Sequence[PageKind]) -> tuple[Part, ...]:
    """The parts in the order of their pages; never empty.

    Further copies, instructions and continuation pages stay with the form they belong to.
    """
    runs: list[list[_Sheet]] = []
    for sheet in zip(reading.pages, kinds, strict=True):
        if runs and _belongs(reading, runs[-1], sheet):
            runs[-1].append(sheet)
        else:
            runs.append([sheet])
    return tuple(map(_part, runs)) or (Part(kind=DocumentKind.OTHER, confidence=0.0, pages=()),)


def _belongs(reading: Reading, run: Sequence[_Sheet], sheet: _Sheet) -> bool:
    part = _part(run)
    page, kind = sheet
    if kind.kind is part.kind:
        return part.kind is DocumentKind.OTHER or not _is_another(reading, part, kind)
    if part.kind is DocumentKind.OTHER and part.confidence < SURE:
        return any(mentions(earlier, kind.kind) for earlier, _ in run)
    if kind.confidence >= SURE:
        return False
    return mentions(page, part.kind) or _continues(page, kind)


def _continues(page: Page, kind: PageKind) -> bool:
    text = " ".join(word.text for word in page.words)
    return kind.kind is DocumentKind.OTHER and _CONTINUED.search(text) is not None


def _part(run: Sequence[_Sheet]) -> Part:
    """A part is of the kind of its surest form; pages that only speak of it do not count."""
    forms = [kind for _, kind in run if kind.kind is not DocumentKind.OTHER]
    best = max(forms or [kind for _, kind in run], key=lambda kind: kind.confidence)
    pages = tuple(page.number for page, _ in run)
    return Part(kind=best.kind, confidence=best.confidence, pages=pages)


def _is_another(reading: Reading, part: Part, kind: PageKind) -> bool:
    """The same form again, but for another person, payer, account or purchase."""
    identity = load("kinds")["identity"].get(kind.kind, ())
    if not identity:
        return False
    here = _values(reading, kind.kind, (kind.page,))
    before = _values(reading, part.kind, part.pages)
    return any(_differ(here.get(name), before.get(name)) for name in identity)


def _values(
    reading: Reading, kind: DocumentKind, pages: tuple[int, ...]
) -> Mapping[str, str | None]:
    part = Part(kind=kind, confidence=1.0, pages=pages)
    return {field.name: field.value for field in extract(reading, part).fields}


def _differ(first: str | None, second: str | None) -> bool:
    if not first or not second:
        return False
    if "X" in first + second:
        first, second = first[-4:], second[-4:]
    pairs = zip_longest(first.casefold(), second.casefold())
    return sum(a != b for a, b in pairs) > min(MISREADINGS, len(first) - 1)
