"""Which kind of document each page is, by what is printed on it and never by a file's name."""

import math
import re
from collections.abc import Iterable
from functools import cache
from statistics import median
from typing import NamedTuple

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.catalogue import load
from shared.documents.understanding.labels import Anchor, Finder
from shared.documents.understanding.layout import Line, columns, lines, plain, union
from shared.documents.understanding.models import PageKind
from shared.vendors.reading import Page, Reading, Word

_RUNNING_HEAD = re.compile(r"[\s(]*(?:rev\b[\s\w.-]*)?[\s()]*(?:20\d\d)?[\s()]*(?:page\s*\d+)?\W*")
"""What follows a form's number at the head or foot of its pages: its year, revision, page."""

STANDING = 0.6
"""A title that fills less than this share of its line is a mention in running text."""

PROSE = 60
"""A page of this many words and no sign of anything else is some other paper."""

SIGN_LIKENESS = 0.9
"""Signs are short and common words: one misread letter in ten is all they may have."""

FEWEST_PRICES = 2
_PRICE = re.compile(r"\d[.,]\d\d$")

TALL = 1.35
"""Title type is this much taller than the page's ordinary type."""


class _Form(NamedTuple):
    """A printed form, by what stands on every copy of it."""

    kind: DocumentKind
    titles: tuple[str, ...]
    number: re.Pattern[str]
    omb: tuple[str, ...]
    labels: tuple[str, ...]


class _Papers(NamedTuple):
    """Papers without a form: groups of words, and what one of each group is worth."""

    kind: DocumentKind
    till_roll: bool
    signs: tuple[tuple[float, tuple[str, ...]], ...]


class _Weights(NamedTuple):
    """Evidence in points: each halves the doubt that is left."""

    omb: float = 2.5
    title: float = 2.5
    tall: float = 0.5
    running_head: float = 3.5
    again: float = 1.0
    mention: float = 0.2
    label: float = 0.7
    labels_at_most: float = 4.2
    till_roll: float = 3.0
    nothing: float = 0.5
    only_prose: float = 2.0


WEIGHTS = _Weights()


def classify(reading: Reading) -> tuple[PageKind, ...]:
    return tuple(_classify(page) for page in reading.pages)


def _classify(page: Page) -> PageKind:
    evidence = _evidence(page)
    best = max(evidence, key=lambda kind: evidence[kind])
    rival = max((points for kind, points in evidence.items() if kind is not best), default=0.0)
    confidence = _confidence(evidence[best], rival)
    return PageKind(page=page.number, kind=best, confidence=round(confidence, 3))


def mentions(page: Page, kind: DocumentKind) -> bool:
    """Whether the page speaks of the form, as its instructions and notices do."""
    text = " ".join(word.text for word in page.words).lower()
    return any(
        form.kind is kind and re.search(rf"(?<![\w-]){form.number.pattern}", text)
        for form in _forms()
    )


def _confidence(points: float, rival: float) -> float:
    """Sure when there is much evidence, and much more than for any other kind."""
    return (1 - math.pow(2, -points)) * (1 - math.pow(2, rival - points) / 2)


def _evidence(page: Page) -> dict[DocumentKind, float]:
    evidence: dict[DocumentKind, float] = {DocumentKind.OTHER: WEIGHTS.nothing}
    if not page.words:
        return evidence
    sheet = _Sheet(page)
    titles = sheet.titles(_forms())
    points = [(form.kind, sheet.form(form, titles.get(form.kind, 0.0))) for form in _forms()]
    points += [(papers.kind, sheet.papers(papers)) for papers in _papers()]
    for kind, found in points:
        evidence[kind] = max(found, evidence.get(kind, 0.0))
    known = [points for kind, points in evidence.items() if kind is not DocumentKind.OTHER]
    if len(page.words) >= PROSE and max(known) < WEIGHTS.only_prose:
        evidence[DocumentKind.OTHER] += WEIGHTS.only_prose
    return evidence


class _Sheet:
    """One page, prepared for the same questions about every kind."""

    def __init__(self, page: Page) -> None:
        self._finder = Finder(page)
        self._runs = columns(page)
        self._height = median(word.box[3] - word.box[1] for word in page.words)
        self._till_roll = _till_roll(page)
        self._digits = re.sub(r"[^0-9]", "", " ".join(word.text for word in page.words))

    def titles(self, forms: Iterable[_Form]) -> dict[DocumentKind, float]:
        """The best title of each kind; a place belongs to the title most like it."""
        found = [
            (anchor, form.kind) for form in forms for anchor in self._finder.find(*form.titles)
        ]
        found.sort(key=lambda title: (-title[0].score, -len(title[0].label)))
        taken: list[Word] = []
        best: dict[DocumentKind, float] = {}
        for anchor, kind in found:
            if not anchor.shares_ink(taken):
                taken.extend(anchor.words)
                best[kind] = max(best.get(kind, 0.0), self._title(anchor))
        return best

    def form(self, form: _Form, title: float) -> float:
        places = sorted((self._number(run, form.number) for run in self._runs), reverse=True)
        number = places[0] + min(sum(places[1:2]), WEIGHTS.again)
        omb = WEIGHTS.omb if any(plain(number) in self._digits for number in form.omb) else 0.0
        labels = sum(self._finder.best(label) is not None for label in form.labels)
        return title + number + omb + min(labels * WEIGHTS.label, WEIGHTS.labels_at_most)

    def papers(self, papers: _Papers) -> float:
        shape = WEIGHTS.till_roll * self._till_roll if papers.till_roll else 0.0
        signs = sum(
            worth for worth, says in papers.signs if self._finder.find(*says, least=SIGN_LIKENESS)
        )
        return shape + signs

    def _title(self, anchor: Anchor) -> float:
        runs = [run for run in self._runs if anchor.shares_ink(run.words)]
        share = len(plain(anchor.label)) / max(1, sum(len(_letters(run.text)) for run in runs))
        return self._standing(runs[0], share)

    def _number(self, run: Line, number: re.Pattern[str]) -> float:
        match = number.match(run.text.lower())
        if not match:
            return 0.0
        rest = run.text.lower()[match.end() :]
        if rest and _RUNNING_HEAD.fullmatch(rest):
            return WEIGHTS.running_head
        if plain(match[0]).isdigit() and not self._is_tall(run):
            return WEIGHTS.mention
        return self._standing(run, len(plain(match[0])) / max(1, len(plain(run.text))))

    def _standing(self, run: Line, share: float) -> float:
        """Titles stand by themselves; in large type they may have company."""
        if self._is_tall(run) and share >= STANDING / 2:
            return WEIGHTS.title + WEIGHTS.tall
        return WEIGHTS.title if share >= STANDING else WEIGHTS.mention

    def _is_tall(self, run: Line) -> bool:
        return run.box[3] - run.box[1] >= TALL * self._height


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())


def _till_roll(page: Page) -> float:
    """How much the page looks like narrow paper with prices, from 0 to 1."""
    if sum(_PRICE.search(word.text) is not None for word in page.words) < FEWEST_PRICES:
        return 0.0
    written = union(word.box for word in page.words)
    width = max(1.0, (written[2] - written[0]) * page.width)
    height = (written[3] - written[1]) * page.height
    words_in_a_line = len(page.words) / len(lines(page))
    tall = min(1.0, max(0.0, (height / width - 1.15) / 0.45))
    terse = min(1.0, max(0.0, (5.0 - words_in_a_line) / 1.0))
    return tall * terse


@cache
def _forms() -> tuple[_Form, ...]:
    return tuple(
        _Form(
            kind=DocumentKind(form["kind"]),
            titles=tuple(form["titles"]),
            number=_number_pattern(form["numbers"]),
            omb=tuple(form.get("omb", ())),
            labels=tuple(form.get("labels", ())),
        )
        for form in load("kinds")["form"]
    )


@cache
def _papers() -> tuple[_Papers, ...]:
    return tuple(
        _Papers(
            kind=DocumentKind(papers["kind"]),
            till_roll=papers.get("shape") == "till_roll",
            signs=tuple((sign["worth"], tuple(sign["says"])) for sign in papers["signs"]),
        )
        for papers in load("kinds")["papers"]
    )


def _number_pattern(numbers: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:form\s*)?(?:{'|'.join(numbers)})(?![\w,)-])")
