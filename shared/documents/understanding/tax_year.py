"""The year a form is for, as printed on it in large type."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from shared.vendors.reading import Page, Word

_YEAR = re.compile(r"20[1-4]\d")
_REVISION = re.compile(
    r"\(?rev\.?|january|february|march|april|may|june|july|august|september|october|november|december",
    re.IGNORECASE,
)


def tax_year(pages: Iterable[Page]) -> int | None:
    """The year with the tallest type in all; a revision's date is no tax year."""
    weights: Counter[int] = Counter()
    for page in pages:
        for year, height in _years(page.words):
            weights[year] += round(height * height * 1_000_000)
    return weights.most_common(1)[0][0] if weights else None


def _years(words: tuple[Word, ...]) -> Iterable[tuple[int, float]]:
    before: list[Word | None] = [None, *words]
    for previous, word in zip(before, words, strict=False):
        match = _YEAR.fullmatch(word.text.strip("().,"))
        if match and not (previous and _REVISION.fullmatch(previous.text)):
            yield int(match[0]), word.box[3] - word.box[1]
    for first, second in pairwise(words):
        if (
            first.text == "20"
            and re.fullmatch(r"[1-4]\d", second.text)
            and _together(first, second)
        ):
            yield int(first.text + second.text), second.box[3] - second.box[1]


def _together(first: Word, second: Word) -> bool:
    return abs(first.box[1] - second.box[1]) < 0.01 and second.box[0] - first.box[2] < 0.03  # noqa: PLR2004
