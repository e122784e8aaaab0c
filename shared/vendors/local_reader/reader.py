"""The host's side of the local reader: one warm worker, one file at a time."""

import asyncio
import hashlib
import logging
from pathlib import Path

from shared.platform.errors import AppError
from shared.vendors.local_reader.exchange import (
    Answer,
    FileRead,
    Job,
    Measured,
    PageRead,
    Refused,
    Stumbled,
    Task,
)
from shared.vendors.local_reader.limits import Limits
from shared.vendors.local_reader.process import WorkerLost, WorkerProcess
from shared.vendors.reading import (
    DocumentDamaged,
    DocumentEncrypted,
    DocumentTooLarge,
    EmptyFile,
    Measurement,
    NotADocument,
    ReaderGaveUp,
    ReaderUnavailable,
    Reading,
    XfaForm,
)

_TRIES = 2
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

    The worker starts with the first file, loads the OCR engine with the first page that needs
    it, and goes when it has been idle, to give the memory back.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._worker: WorkerProcess | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Future[None] | None = None

    @property
    def worker_pid(self) -> int | None:
        """The warm worker that waits for a file, if there is one."""
        return self._worker.pid if self._worker and self._worker.is_running else None

    async def measure(self, file: Path) -> Measurement:
        answers = await self._ask(self._job(Task.MEASURE, file))
        measured = answers[-1]
        assert isinstance(measured, Measured)
        size, sha256 = await asyncio.to_thread(_weigh, file)
        return Measurement(
            size=size, sha256=sha256, media_type=measured.media_type, pages=measured.pages
        )

    async def read(self, file: Path, images: Path) -> Reading:
        answers = await self._ask(self._job(Task.READ, file, images))
        read = answers[-1]
        assert isinstance(read, FileRead)
        pages = tuple(said.page for said in answers if isinstance(said, PageRead))
        return Reading(reader=read.reader, pages=pages)

    async def close(self) -> None:
        async with self._turn:
            self._stay()
            await self._dismiss()

    def _job(self, task: Task, file: Path, images: Path | None = None) -> Job:
        return Job(
            task=task,
            file=str(file.absolute()),
            images=str(images.absolute()) if images else None,
            page_cpu_seconds=self._limits.page_cpu_seconds,
        )

    async def _ask(self, job: Job) -> list[Answer]:
        async with self._turn:
            self._stay()
            try:
                return await self._ask_twice(job)
            finally:
                loop = asyncio.get_running_loop()
                self._rest = loop.call_later(self._limits.idle_seconds, self._leave)

    async def _ask_twice(self, job: Job) -> list[Answer]:
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._ask_once(job)
            except WorkerLost as lost:
                log.warning("The reader's worker was lost: %s (attempt %d)", lost, attempt)
        raise ReaderGaveUp("The reader could not finish this file")

    async def _ask_once(self, job: Job) -> list[Answer]:
        worker, self._worker = self._worker, None
        if worker is None or not worker.is_running:
            worker = await WorkerProcess.start()
        try:
            answers = await worker.carry_out(job, self._limits)
            _raise_on_stumble(answers[-1])
        except BaseException:
            await worker.kill()
            raise
        self._worker = worker
        _raise_on_refusal(answers[-1])
        return answers

    def _stay(self) -> None:
        if self._rest:
            self._rest.cancel()
            self._rest = None

    def _leave(self) -> None:
        self._rest = None
        self._leaving = asyncio.ensure_future(self._dismiss())

    async def _dismiss(self) -> None:
        worker, self._worker = self._worker, None
        if worker:
            await worker.stop()


def _raise_on_stumble(answer: Answer) -> None:
    if isinstance(answer, Stumbled):
        raise WorkerLost(f"it stumbled, {answer.where}")


def _raise_on_refusal(answer: Answer) -> None:
    if isinstance(answer, Refused):
        raise _REFUSALS[answer.code](answer.message)


def _weigh(file: Path) -> tuple[int, str]:
    with file.open("rb") as stream:
        return file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()
