"""The fake reader keeps the promises of the role."""

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from shared.vendors.fakes import FakeReader
from shared.vendors.reading import (
    DocumentEncrypted,
    Page,
    Reader,
    ReaderGaveUp,
    Reading,
    WordSource,
)

READING = Reading(
    reader="fake-1",
    pages=(Page(number=1, width=1, height=1, source=WordSource.OCR, words=()),),
)


async def test_it_says_what_it_was_told_and_draws_the_pages(tmp_path: Path) -> None:
    reader: Reader = FakeReader(reading=READING)

    assert await reader.read(tmp_path / "w2.pdf", tmp_path / "pages") == READING
    with Image.open(tmp_path / "pages" / "1.png") as image:
        image.load()


async def test_it_measures_the_bytes_it_was_told_nothing_about(tmp_path: Path) -> None:
    (tmp_path / "w2.pdf").write_bytes(b"bytes")

    measurement = await FakeReader(reading=READING).measure(tmp_path / "w2.pdf")

    assert measurement.sha256 == hashlib.sha256(b"bytes").hexdigest()
    assert (measurement.size, measurement.pages) == (5, 1)


async def test_what_cannot_be_read_fails_at_the_first_step_and_a_reader_in_trouble_later(
    tmp_path: Path,
) -> None:
    (tmp_path / "w2.pdf").write_bytes(b"bytes")

    with pytest.raises(DocumentEncrypted):
        await FakeReader(error=DocumentEncrypted()).measure(tmp_path / "w2.pdf")

    in_trouble = FakeReader(error=ReaderGaveUp())
    await in_trouble.measure(tmp_path / "w2.pdf")
    with pytest.raises(ReaderGaveUp):
        await in_trouble.read(tmp_path / "w2.pdf", tmp_path / "pages")
