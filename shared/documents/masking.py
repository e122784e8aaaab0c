"""Page images in which no taxpayer identification number can be read."""

import asyncio
import re
from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from shared.documents import processing, storage, values
from shared.documents.queries import fields
from shared.identity.keys import open_keyring
from shared.platform.actor import Actor
from shared.platform.db import transaction
from shared.vendors.imaging import black_out
from shared.vendors.reading import Box, Page

# Wider than what we accept as a TIN: OCR loses dashes and puts spaces in their place.
_GAP = r"[- .\u2013]?"
_TIN = re.compile(rf"(?<!\d)(?:\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{4}}|\d{{2}}{_GAP}\d{{7}})(?!\d)")


async def mask_pages(actor: Actor, document_id: UUID, number: int) -> None:
    """Paint over every number on a page that has the shape of a TIN, and every TIN we read."""
    async with transaction(actor) as tx:
        keyring = await open_keyring(tx)
        known = [
            (row.page, row.box)
            for target in await processing.list_targets(tx, document_id)
            for row in await fields.list_fields(tx, target.id, number)
            if values.is_tin(row.name)
        ]
    reading = await storage.load_reading(actor, keyring, document_id, number)
    for page in reading.pages:
        boxes = [*tin_boxes(page), *(box for at, box in known if at == page.number and box)]
        png = await storage.read_image(actor, document_id, number, page.number, is_masked=False)
        masked = await asyncio.to_thread(black_out, png, boxes)
        await storage.keep_masked_image(actor, document_id, number, page.number, masked)


def tin_boxes(page: Page) -> Iterator[Box]:
    """Where something on the page has the shape of a TIN."""
    for field in page.fields:
        if _TIN.search(field.value):
            yield field.box
    for _, line in groupby(page.words, key=lambda word: word.line):
        words = list(line)
        ends: list[int] = []
        for word in words:
            ends.append((ends[-1] + 1 if ends else 0) + len(word.text))
        text = " ".join(word.text for word in words)
        for match in _TIN.finditer(text):
            for word, end in zip(words, ends, strict=True):
                if match.start() < end and match.end() > end - len(word.text):
                    yield word.box
