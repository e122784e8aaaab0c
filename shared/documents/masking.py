"""Page images in which no taxpayer identification number can be read."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from shared.documents import processing, storage, values
from shared.documents.kinds import DocumentKind
from shared.documents.queries import fields, runs
from shared.documents.understanding.forms import Form, Holds, form
from shared.documents.understanding.grid import Grid, Post
from shared.documents.understanding.layout import lines, same_row
from shared.documents.understanding.models import FieldValue, Part
from shared.documents.understanding.placement import Placed, placed_labels
from shared.identity.keys import open_keyring
from shared.platform.actor import Actor
from shared.platform.db import transaction
from shared.platform.redaction import GAP
from shared.platform.storage_account import BlobNotFound
from shared.vendors.imaging import black_out
from shared.vendors.reading import Box, FormField, Page

# Never narrower than what is read as a TIN (identifiers.py): OCR takes digits for letters, loses
# dashes and puts spaces or the bars of a form in their place, or reads digit by digit.
_DIGIT = r"[\dOoQDIl|!iSsBZz]"
_MARK = r"[\dA-Za-z|!?*#\u2022\u25cf]"
_SHAPES = (
    rf"{_DIGIT}{{3}}{GAP}{{0,3}}{_DIGIT}{{2}}{GAP}{{0,3}}{_DIGIT}{{4}}",
    rf"{_DIGIT}{{2}}{GAP}{{0,3}}{_DIGIT}{{7}}",
    rf"(?<!\w){_DIGIT}(?:{GAP}{{1,3}}{_DIGIT}){{8,}}(?!\w)",
    rf"{_MARK}{{3}}-{_MARK}{{2}}-{_MARK}{{4}}",
)
_CENTS = r"\.\d\d(?!\d)"
# It looks ahead to find numbers that overlap: the first may turn out to be letters.
_TIN = re.compile(rf"(?<!\d)(?=((?:{'|'.join(_SHAPES)})(?!\d|{_CENTS})))")

FEWEST_DIGITS = 5
"""Of nine characters; ``XXX-XX-7834``, with four, is a number that is hidden already."""

NEARBY = 0.04
"""Form fields this near, as a fraction of the page, may hold one number together."""

REACH = 5.0
"""A number stands at most this many heights of its label below it."""

WIDEST = 0.25
"""No form has a wider box for a number, as a fraction of the page."""


class _Piece(NamedTuple):
    text: str
    box: Box


class Found(NamedTuple):
    """What was looked for on some pages, and found there, before it is kept."""

    part: Part
    fields: Sequence[FieldValue]


async def mask_pages(
    actor: Actor, document_id: UUID, number: int, new: Found | None = None
) -> None:
    """Paint over whatever on a page is, looks like, or stands in the place of a TIN."""
    try:
        await _mask_pages(actor, document_id, number, new)
    except BlobNotFound:  # storage has lost a page since, or what was read there
        await processing.read_again(actor, document_id, number)
        await _mask_pages(actor, document_id, number, new)


async def _mask_pages(actor: Actor, document_id: UUID, number: int, new: Found | None) -> None:
    async with transaction(actor) as tx:
        keyring = await open_keyring(tx)
        targets = await processing.list_targets(tx, document_id)
        known = [
            (row.page, row.box)
            for target in targets
            for row in await fields.list_fields(tx, target.id, number)
            if values.is_tin(row.name)
        ]
        kinds = {(row.page, row.kind) for row in await runs.list_pages(tx, document_id, number)}
    kinds |= {(page, target.kind) for target in targets for page in target.pages}
    if new:
        kinds |= {(page, new.part.kind) for page in new.part.pages}
        known += [(each.page, each.box) for each in new.fields if values.is_tin(each.name)]
    reading = await storage.load_reading(actor, keyring, document_id, number)
    for page in reading.pages:
        own = [kind for at, kind in kinds if at == page.number and kind]
        boxes = [box for at, box in known if at == page.number and box]
        boxes += await asyncio.to_thread(_boxes, page, own)
        png = await storage.read_image(actor, document_id, number, page.number, is_masked=False)
        masked = await asyncio.to_thread(black_out, png, boxes)
        await storage.keep_masked_image(actor, document_id, number, page.number, masked)


def _boxes(page: Page, kinds: Iterable[DocumentKind]) -> list[Box]:
    forms = {known.kind: known for kind in kinds if (known := form(kind))}
    return [*tin_boxes(page), *(box for each in forms.values() for box in tin_cells(page, each))]


def tin_boxes(page: Page) -> Iterator[Box]:
    """Where something on the page has the shape of a TIN."""
    for line in lines(page):
        yield from _within([_Piece(word.text, word.box) for word in line.words])
    for row in _neighbours(page.fields):
        yield from _within([_Piece(field.value, field.box) for field in row])


def tin_cells(page: Page, known: Form) -> Iterator[Box]:
    """Where each copy of the form on the page has room for a TIN, whatever was read there."""
    placed = placed_labels(page, known)
    grid = Grid([Post(each.anchor.box, deep=_opens_box(each)) for each in placed])
    for each in placed:
        if each.role == "label" and each.box and each.box.holds in (Holds.SSN, Holds.EIN):
            label = each.anchor.box
            left, top, right, bottom = grid.cell(label)
            right = max(label[2], min(right, left + WIDEST))
            lowest = label[3] + REACH * (label[3] - label[1])
            yield label[2], top, right, label[3]
            yield left, label[3], right, max(label[3], min(bottom, lowest))


def _opens_box(label: Placed) -> bool:
    return label.box is not None and label.box.holds is not Holds.CHECK


def _within(pieces: Sequence[_Piece]) -> Iterator[Box]:
    text = " ".join(piece.text for piece in pieces)
    found = [
        match.span(1)
        for match in _TIN.finditer(text)
        if sum(mark.isdigit() for mark in match[1]) >= FEWEST_DIGITS
    ]
    start = 0
    for piece in pieces:
        end = start + len(piece.text)
        if any(first < end and start < last for first, last in found):
            yield piece.box
        start = end + 1


def _neighbours(among: Sequence[FormField]) -> Iterator[list[FormField]]:
    """Form fields side by side, from left to right."""
    following = {field.box: _next(field, among) for field in among}
    inner = {field.box for field in following.values() if field}
    for first in among:
        if first.box not in inner:
            row = [first]
            while after := following[row[-1].box]:
                row.append(after)
            yield row


def _next(field: FormField, among: Sequence[FormField]) -> FormField | None:
    end = (field.box[0] + field.box[2]) / 2
    beside = [
        other
        for other in among
        if other.box[0] > end
        and other.box[0] - field.box[2] < NEARBY
        and same_row(field.box, other.box)
    ]
    return min(beside, key=lambda other: other.box[0], default=None)
