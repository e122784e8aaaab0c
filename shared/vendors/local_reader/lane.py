"""One warm worker and the turn of the files before it."""

import asyncio
import logging

from shared.vendors.local_reader.exchange import Answer, Job, Stumbled
from shared.vendors.local_reader.limits import Limits
from shared.vendors.local_reader.process import WorkerLost, WorkerProcess
from shared.vendors.reading import ReaderGaveUp

_TRIES = 2

log = logging.getLogger(__name__)


class Lane:
    """Takes one job at a time.

    The worker starts with the first job, and goes when it has been idle, to give the memory back.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._worker: WorkerProcess | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Future[None] | None = None

    @property
    def worker_pid(self) -> int | None:
        """The warm worker that waits for a job, if there is one."""
        return self._worker.pid if self._worker and self._worker.is_running else None

    async def ask(self, job: Job) -> list[Answer]:
        """Give every answer; a job that costs two workers is too much. Raises ``ReaderGaveUp``."""
        async with self._turn:
            self._stay()
            try:
                return await self._ask_twice(job)
            finally:
                loop = asyncio.get_running_loop()
                self._rest = loop.call_later(self.limits.idle_seconds, self._leave)

    async def close(self) -> None:
        async with self._turn:
            self._stay()
            await self._dismiss()

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
            answers = await worker.carry_out(job, self.limits)
            _raise_on_stumble(answers[-1])
        except BaseException:
            await worker.kill()
            raise
        self._worker = worker
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
