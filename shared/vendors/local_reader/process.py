"""A running worker as the host sees it: started bare, watched, and killed when it must be."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import shared
from shared.vendors.local_reader.exchange import Answer, Job, PageChecked, PageRead, answers
from shared.vendors.local_reader.limits import MAX_ANSWERS_BYTES, Limits
from shared.vendors.reading import DocumentTooLarge, ReaderGaveUp

_SERVE = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from shared.vendors.local_reader.worker import serve; serve()"
)
_WATCH_SECONDS = 0.1
_GOODBYE_SECONDS = 5


class WorkerLost(Exception):
    """The worker died, hung, outgrew its memory or stumbled; its process is of no more use."""


class WorkerProcess:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._outgrown = False

    @classmethod
    async def start(cls) -> "WorkerProcess":
        """Start a worker that inherits nothing: no environment, no files, no terminal."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-c",
            _SERVE,
            *_import_path(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # a parser's complaint may quote the document
            env={},
            limit=MAX_ANSWERS_BYTES,
            start_new_session=True,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    @property
    def is_running(self) -> bool:
        return self.exit_code is None

    async def carry_out(self, job: Job, limits: Limits) -> list[Answer]:
        """Give every answer to the job, the last of which is not a page.

        Raises ``WorkerLost``, and what another worker would not change: ``DocumentTooLarge``,
        and ``ReaderGaveUp`` when the file's time is over, for others wait behind it.
        """
        watch = asyncio.create_task(self._watch_memory(limits.memory_bytes))
        whole = asyncio.timeout(limits.file_seconds)
        try:
            async with whole:
                return await self._converse(job, limits.page_seconds)
        except TimeoutError as late:
            if whole.expired():
                raise ReaderGaveUp("The reader did not finish this file in its time") from late
            raise WorkerLost("it took too long") from late
        except (OSError, ValueError) as broken:
            raise WorkerLost("it spoke nonsense or not at all") from broken
        finally:
            watch.cancel()

    async def stop(self) -> None:
        """Let an idle worker go; one that does not go by itself is killed."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """Kill it and wait until it is gone, so that its memory is free for the next."""
        if self.is_running:
            # Popen.kill() would reap a process that is already dead, behind asyncio's back.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        await self._process.wait()

    async def _converse(self, job: Job, page_seconds: float) -> list[Answer]:
        assert self._process.stdin
        self._process.stdin.write(job.model_dump_json().encode() + b"\n")
        await self._process.stdin.drain()
        said: list[Answer] = []
        size = 0
        while not said or isinstance(said[-1], PageRead):
            async with asyncio.timeout(page_seconds):
                line = await self._line()
            size += len(line)
            if size > MAX_ANSWERS_BYTES:
                raise DocumentTooLarge("There is more in it than we take")
            answer = answers.validate_json(line)
            if not isinstance(answer, PageChecked):
                said.append(answer)
        return said

    async def _line(self) -> bytes:
        assert self._process.stdout
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise WorkerLost("it outgrew its memory" if self._outgrown else "it died")
        return line

    async def _watch_memory(self, most: int) -> None:
        while self.is_running:
            if _resident_bytes(self.pid) > most:
                self._outgrown = True
                await self.kill()
            await asyncio.sleep(_WATCH_SECONDS)


def _import_path() -> list[str]:
    """Hand over the host's import path, since Azure sets it by the environment we withhold."""
    root = Path(shared.__file__).resolve().parents[1]
    return list(dict.fromkeys([str(root), *(str(Path(entry).absolute()) for entry in sys.path)]))


def _resident_bytes(pid: int) -> int:
    """Ask Linux; elsewhere nothing is known, and nothing limited."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
