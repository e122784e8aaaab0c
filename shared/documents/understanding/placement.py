"""Which printed words on a page are the form's labels, and which only read like them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from shared.documents.understanding.forms import Form, FormBox
from shared.documents.understanding.labels import SHORT, Anchor, Finder
from shared.documents.understanding.layout import Line, columns, plain
from shared.vendors.reading import Box, Page

NUMBER_MATCHES = 0.15
"""What the right box number before a label is worth, next to its likeness to the label."""

FEWEST_WORDS = 4
"""Lines with this many plain words beside a label are sentences."""

_READ_AS = str.maketrans("loi", "101")


class Placed(NamedTuple):
    """A label of the form where it stands on the page; no ``box`` for words that only bound one."""

    anchor: Anchor
    box: FormBox | None
    worth: float
    role: str = "label"

    @property
    def number(self) -> str:
        """The box number as printed before the label, with letters read as the digits they are."""
        return self.anchor.lead.translate(_READ_AS)


def placed_labels(page: Page, form: Form) -> list[Placed]:
    return _without_strays(_settled(_labels(page, form)), page, form)


def _labels(page: Page, form: Form) -> Iterator[Placed]:
    finder = Finder(page)
    for box in form.boxes:
        for anchor in finder.find(*box.labels):
            if _is_plausible(anchor, box):
                yield Placed(anchor, box, _worth(anchor, box))
        for role, labels in (("span", box.spans), ("address", box.address)):
            for anchor in finder.find(*labels):
                yield Placed(anchor, box, _worth(anchor, None), role)
    for anchor in finder.find(*form.marks):
        yield Placed(anchor, None, _worth(anchor, None), "mark")


def _is_plausible(anchor: Anchor, box: FormBox) -> bool:
    """A short word such as "Other" is a label only with its number before it, or by itself."""
    if len(plain(anchor.label)) >= SHORT or not box.number or _has_number(anchor, box):
        return True
    if anchor.label == box.number and not box.number.isdigit():
        return True
    return anchor.alone and not anchor.lead


def _has_number(anchor: Anchor, box: FormBox) -> bool:
    known = {box.number, *box.also_numbered, *(number for _, number in box.renumbered)}
    return anchor.lead.translate(_READ_AS) in known and bool(anchor.lead)


def _worth(anchor: Anchor, box: FormBox | None) -> float:
    numbered = NUMBER_MATCHES if box and box.number and _has_number(anchor, box) else 0.0
    return anchor.score + numbered + len(plain(anchor.label)) / 100


def _settled(labels: Iterable[Placed]) -> list[Placed]:
    """One label for each place: the one that is most like what is printed there."""
    taken: set[Box] = set()
    settled: list[Placed] = []
    for label in sorted(labels, key=lambda label: -label.worth):
        places = {word.box for word in label.anchor.words}
        if taken.isdisjoint(places):
            taken |= places
            settled.append(label)
    return settled


def _without_strays(labels: Sequence[Placed], page: Page, form: Form) -> list[Placed]:
    """Without the labels' words where they are no labels.

    Instructions speak of the boxes in running text; and where a label stands once with its box
    number, it is not a label without: a title may have the same words as a box.
    """
    printed = ink_of(labels)
    prose = [word for run in columns(page) if _is_prose(run, printed, form) for word in run.words]
    numbered = {
        label.box.name for label in labels if label.box and _has_number(label.anchor, label.box)
    }
    return [
        label
        for label in labels
        if label.role == "mark"
        or not label.box
        or (
            not label.anchor.shares_ink(prose)
            and (
                label.role != "label"
                or label.box.name not in numbered
                or _has_number(label.anchor, label.box)
            )
        )
    ]


def ink_of(labels: Iterable[Placed]) -> set[Box]:
    return {word.box for label in labels for word in label.anchor.words}


def _is_prose(run: Line, printed: set[Box], form: Form) -> bool:
    """Words enough beside the labels to be a sentence, and not one of the margin's notices."""
    others = [word for word in run.words if word.box not in printed and len(plain(word.text)) > 1]
    lower = [
        word
        for word in others
        if word.text.islower() and word.text.isalpha() and word.text not in form.print
    ]
    return len(lower) >= FEWEST_WORDS and len(others) * 2 >= len(run.words)


def certainty(label: Placed) -> float:
    likeness = 1 - (1 - label.anchor.score) / 2
    if not label.box or not label.box.number or _has_number(label.anchor, label.box):
        return likeness
    return likeness * (0.97 if not label.anchor.lead else 0.85)
