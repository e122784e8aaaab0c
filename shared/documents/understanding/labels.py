"""Printed labels, found in spite of OCR: misread letters, lost spaces, wrapped lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from shared.documents.understanding.layout import (
    Line,
    columns,
    lines,
    overlap,
    plain,
    runs,
    same_row,
    union,
)
from shared.vendors.reading import Box, Page, Word

LEADING = 2.2
"""A wrapped line starts at most this many line heights below the start of the one before."""

MOST_LINES = 4
"""A label wraps into at most this many lines."""

SHORT = 8
"""A label of fewer letters must end where a word ends, or "other" is found in "otherwise"."""

LONG = 16
"""Labels of at least this many letters must also begin alike: many of them end alike."""

HEADS_ALIKE = 0.7
PAIRS_ALIKE = 0.6
HEAD = 5
HEAD_MISREAD = 2
"""Of a label's first five letters at most two are misread."""

REACH = 4.0
"""A box number stands at most this many line heights before its label."""

_BOX_NUMBER = re.compile(r"\d{1,2}[a-g]?|[a-f]|ef")


class Anchor(NamedTuple):
    """A printed label where it was found.

    ``lead`` is what stands directly before it, such as a box number; it is ``alone`` when
    nothing else stands in its column of the line.
    """

    label: str
    score: float
    box: Box
    words: tuple[Word, ...]
    lead: str = ""
    alone: bool = False

    def shares_ink(self, words: Iterable[Word]) -> bool:
        return not {word.box for word in self.words}.isdisjoint(word.box for word in words)


class Finder:
    """Finds printed labels on one page; they may wrap, lack spaces or be misread a little."""

    def __init__(self, page: Page) -> None:
        self._flows = tuple(_flows(page))
        pairs = {pair for flow in self._flows for pair in flow.pairs}
        self._bits = {pair: 1 << position for position, pair in enumerate(pairs)}
        self._masks = tuple(self._mask(flow.pairs) for flow in self._flows)

    def find(self, *labels: str, least: float = 0.82) -> tuple[Anchor, ...]:
        """Every place where one of the labels is printed, the best reading of each place."""
        found = [anchor for label in labels for anchor in self._places(label, least)]
        found.sort(key=lambda anchor: (-anchor.score, -len(anchor.words)))
        places: list[Anchor] = []
        for anchor in found:
            if not any(anchor.shares_ink(place.words) for place in places):
                places.append(anchor)
        return tuple(sorted(places, key=lambda place: (place.box[1], place.box[0])))

    def best(self, *labels: str, least: float = 0.82) -> Anchor | None:
        return max(self.find(*labels, least=least), key=lambda a: a.score, default=None)

    def _places(self, label: str, least: float) -> Iterator[Anchor]:
        wanted = plain(label)
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(wanted)
        for flow in self._flows_like(wanted):
            for start in flow.starts_like(wanted):
                window = flow.text[start : start + len(wanted)]
                score = 1.0 if window == wanted else _ratio(matcher, window, wanted, least)
                if score >= least:
                    yield flow.anchor(label, score, start, start + len(wanted))

    def _flows_like(self, wanted: str) -> Iterator["_Flow"]:
        """Those with most of the label's pairs of letters; in bits, since it is asked so often."""
        pairs = _pairs(wanted)
        mask, fewest = self._mask(pairs), len(pairs) * PAIRS_ALIKE
        for flow, known in zip(self._flows, self._masks, strict=True):
            if (mask & known).bit_count() >= fewest:
                yield flow

    def _mask(self, pairs: Iterable[str]) -> int:
        return sum(self._bits.get(pair, 0) for pair in pairs)


class _Flow:
    """The text of a run of words and of the runs right below it, without spaces."""

    def __init__(self, flow: Sequence[Line], before: Word | None) -> None:
        words = [word for run in flow for word in run.words]
        self._before = before
        self._words = words
        self._run = range(len(flow[0].words))
        self._owners = [n for n, word in enumerate(words) for _ in plain(word.text)]
        self.text = "".join(plain(word.text) for word in words)
        self.pairs = frozenset(map("".join, pairwise(self.text)))
        starts = sorted(set(_starts(flow[0].words)))
        self._starts = [(start, frozenset(self.text[start : start + HEAD])) for start in starts]
        self._ends = set(accumulate(len(plain(word.text)) for word in words))

    def starts_like(self, wanted: str) -> Iterator[int]:
        """Where the label may begin: a cheap look at letters before the dear comparison."""
        head = frozenset(wanted[:HEAD])
        for start, letters in self._starts:
            ends = start + len(wanted) in self._ends or len(wanted) >= SHORT
            if ends and len(head & letters) >= len(head) - HEAD_MISREAD:
                yield start

    def anchor(self, label: str, score: float, start: int, end: int) -> Anchor:
        """The label with its box number, whether that is a word of its own or glued to it."""
        places = self._covered(start, end)
        first, words = places[0], [self._words[place] for place in places]
        before = self._words[first - 1] if first else self._before
        lead = self.text[self._owners.index(first) : start]
        if not lead and before and _BOX_NUMBER.fullmatch(plain(before.text)):
            words, lead = [before, *words], plain(before.text)
            places = [first - 1, *places]
        return Anchor(
            label=label,
            score=score,
            box=union(word.box for word in words),
            words=tuple(words),
            lead=lead,
            alone=set(self._run) <= set(places),
        )

    def _covered(self, start: int, end: int) -> list[int]:
        """The words under the label; not one of which it only grazes, for it lost a letter."""
        letters = Counter(self._owners[start:end])
        places = list(letters)
        if len(places) > 1 and letters[places[-1]] * 2 < len(plain(self._words[places[-1]].text)):
            return places[:-1]
        return places


def _starts(words: Sequence[Word]) -> Iterator[int]:
    """Labels start with a word, or right after a box number that was glued to it."""
    position = 0
    for word in words:
        text = plain(word.text)
        yield position
        number = next((n for n, letter in enumerate(text) if letter.isalpha()), 0)
        yield position + number
        if number and number + 1 < len(text):
            yield position + number + 1
        position += len(text)


def _ratio(matcher: SequenceMatcher[str], window: str, wanted: str, least: float) -> float:
    matcher.set_seq1(window)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= least and _begin_alike(window, wanted) else 0.0


def _begin_alike(window: str, wanted: str) -> bool:
    if len(wanted) < LONG:
        return True
    heads = SequenceMatcher(None, window[:SHORT], wanted[:SHORT], autojunk=False)
    return heads.ratio() >= HEADS_ALIKE


@cache
def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(text)))


def _flows(page: Page) -> Iterator[_Flow]:
    everything = columns(page)
    for line in lines(page):
        before: Word | None = None
        for run in runs(line, page):
            near = REACH * (run.box[3] - run.box[1]) * page.height / page.width
            is_near = before is not None and run.box[0] - before.box[2] < near
            yield _Flow(_flow(run, everything), before if is_near else None)
            before = run.words[-1]


def _flow(run: Line, others: Sequence[Line]) -> list[Line]:
    flow = [run]
    while len(flow) < MOST_LINES and (below := _continuation(flow[-1], others)):
        flow.append(below)
    return flow


def _continuation(run: Line, others: Sequence[Line]) -> Line | None:
    height = run.box[3] - run.box[1]
    below = [
        other
        for other in others
        if 0 < other.box[1] - run.box[1] <= LEADING * height
        and not same_row(run.box, other.box)
        and overlap((run.box[0], run.box[2]), (other.box[0], other.box[2])) > 0
    ]
    return min(below, key=lambda other: other.box[1], default=None)
