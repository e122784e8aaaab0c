"""The host's side of the local reader: two lanes, so that nobody waits long for a moment's work."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from shared.platform.errors import AppError
from shared.vendors.local_reader.exchange import (
    Answer,
    FileRead,
    Job,
    Measured,
    OcrNeeded,
    PageRead,
    Refused,
    Task,
)
from shared.vendors.local_reader.lane import Lane
from shared.vendors.local_reader.limits import WITHOUT_OCR, Limits
from shared.vendors.reading import (
    DocumentDamaged,
    DocumentEncrypted,
    DocumentTooLarge,
    EmptyFile,
    Measurement,
    NotADocument,
    ReaderUnavailable,
    Reading,
    XfaForm,
)

_REFUSALS: dict[str, type[AppError]] = {
    refusal.code: refusal
    for refusal in (
        DocumentDamaged,
        DocumentEncrypted,
        DocumentTooLarge,
        EmptyFile,
        NotADocument,
        ReaderUnavailable,
        XfaForm,
    )
}


log = logging.getLogger(__name__)


class LocalReader:
    """Reads with the parsers and the OCR engine of this machine.

    Every file goes down the quick lane first. One with a page that needs OCR is sent on and read
    again as a whole in the slow lane, the only one that ever loads the engine. No file has the
    quick lane for longer than ``WITHOUT_OCR`` says, since everybody waits behind it.
    """

    def __init__(self, quick: Limits = WITHOUT_OCR, slow: Limits | None = None) -> None:
        shortest = min(quick.file_seconds, WITHOUT_OCR.file_seconds)
        self.quick = Lane(replace(quick, file_seconds=shortest))
        self.slow = Lane(slow or Limits())

    async def measure(self, file: Path) -> Measurement:
        answers = await self._ask(self.quick, Task.MEASURE, file)
        measured = answers[-1]
        assert isinstance(measured, Measured)
        size, sha256 = await asyncio.to_thread(_weigh, file)
        return Measurement(
            size=size, sha256=sha256, media_type=measured.media_type, pages=measured.pages
        )

    async def read(self, file: Path, images: Path) -> Reading:
        answers = await self._ask(self.quick, Task.READ_TEXT, file, images)
        if isinstance(answers[-1], OcrNeeded):
            log.info("A file goes to OCR")
            answers = await self._ask(self.slow, Task.READ, file, images)
        return _reading(answers)

    async def draw(self, file: Path, images: Path) -> Reading:
        """As ``read``, but a page that needs OCR has no words: another reader looks at it."""
        return _reading(await self._ask(self.quick, Task.DRAW, file, images))

    async def close(self) -> None:
        await self.quick.close()
        await self.slow.close()

    async def _ask(
        self, lane: Lane, task: Task, file: Path, images: Path | None = None
    ) -> list[Answer]:
        job = Job(
            task=task,
            file=str(file.absolute()),
            images=str(images.absolute()) if images else None,
            page_cpu_seconds=lane.limits.page_cpu_seconds,
        )
        answers = await lane.ask(job)
        _raise_on_refusal(answers[-1])
        return answers


def _reading(answers: Sequence[Answer]) -> Reading:
    read = answers[-1]
    assert isinstance(read, FileRead)
    pages = tuple(said.page for said in answers if isinstance(said, PageRead))
    return Reading(reader=read.reader, pages=pages, cargo=read.cargo)


def _raise_on_refusal(answer: Answer) -> None:
    if isinstance(answer, Refused):
        raise _REFUSALS[answer.code](answer.message)


def _weigh(file: Path) -> tuple[int, str]:
    with file.open("rb") as stream:
        return file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()
