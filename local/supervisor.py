"""Keeps one part alive: starts it, waits for its health, restarts it, stops it."""

import asyncio
import os
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from local import pids
from local.errors import PartFailed
from local.journal import Journal
from local.parts.part import Part

START_SECONDS = 90
MOST_DEATHS = 5
WITHIN_SECONDS = 60.0
OUTPUT_SECONDS = 2
BUFFER = 2**16


class Supervisor:
    FIRST_DELAY = 0.25

    def __init__(self, part: Part, *, notes: Path, journal: Journal) -> None:
        self.part = part
        self._notes = notes
        self._journal = journal
        self._process: asyncio.subprocess.Process | None = None
        self._ended = asyncio.Event()
        self._output: asyncio.Task[None] | None = None
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)

    async def start(self) -> None:
        """Return when it is healthy."""
        began = time.monotonic()
        await asyncio.to_thread(self.part.prepare)
        process = self._process = await self._spawn()
        while not await self.part.is_healthy():
            if process.returncode is not None:
                await self.stop()
                raise PartFailed(self._did_not_start(f"ended with code {process.returncode}"))
            if time.monotonic() - began > START_SECONDS:
                await self.stop()
                raise PartFailed(self._did_not_start(f"was not ready after {START_SECONDS} s"))
            await asyncio.sleep(0.05)
        await self._equip()
        self._say(f"ready on port {self.part.port} after {time.monotonic() - began:.1f} s")

    async def keep_alive(self) -> None:
        """Restart it whenever it ends; raise when that happens too often."""
        while True:
            code = await self._end_of(self._process) if self._process else None
            await self.stop()
            delay = self._next_delay(code)
            self._say(f"ended with code {code}; it starts again in {delay:.2g} s")
            await asyncio.sleep(delay)
            try:
                await self.start()
            except PartFailed as failure:
                self._say(str(failure))

    async def stop(self) -> None:
        """Ask, wait, insist; nothing it started stays behind."""
        process = self._process
        if process is None:
            return
        had_ended = process.returncode is not None
        with suppress(ProcessLookupError):
            process.send_signal(self.part.stop_signal)
        try:
            await asyncio.wait_for(self._end_of(process), self.part.stop_seconds)
        except TimeoutError:
            self._say("did not stop when asked and is killed")
            process.kill()
            await self._end_of(process)
        pids.kill_group(process.pid)
        pids.forget(self._notes, self.part.name)
        if self._output:
            await asyncio.wait([self._output], timeout=OUTPUT_SECONDS)
        self._process = None
        if not had_ended:
            self._say("stopped")

    async def _equip(self) -> None:
        try:
            await asyncio.to_thread(self.part.equip)
        except Exception as error:  # whatever is said of a server that has just died
            await self.stop()
            why = f"could not be equipped ({type(error).__name__})"
            raise PartFailed(self._did_not_start(why)) from error

    async def _spawn(self) -> asyncio.subprocess.Process:
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.subprocess_exec(
            lambda: _Output(loop),
            *self.part.command,
            cwd=self.part.folder,
            env={**os.environ, **self.part.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours; the parts stop in order
            **self.part.identity,
        )
        process = asyncio.subprocess.Process(transport, protocol, loop)
        assert process.stdout
        self._ended = protocol.ended
        pids.note(self._notes, self.part.name, self.part.port, process.pid)
        self._output = asyncio.create_task(self._journal.follow(self.part.name, process.stdout))
        return process

    async def _end_of(self, process: asyncio.subprocess.Process) -> int | None:
        await self._ended.wait()
        return process.returncode

    def _next_delay(self, code: int | None) -> float:
        now = time.monotonic()
        self._deaths.append(now)
        if len(self._deaths) == MOST_DEATHS and now - self._deaths[0] < WITHIN_SECONDS:
            raise PartFailed(
                f"{self.part.name} ended {MOST_DEATHS} times within {WITHIN_SECONDS:.0f} s, "
                f"last with code {code}. {self._last_words()}"
            )
        recent = sum(now - death < WITHIN_SECONDS for death in self._deaths)
        return self.FIRST_DELAY * 2 ** (recent - 1)

    def _did_not_start(self, why: str) -> str:
        return f"{self.part.name} {why} before it was ready. {self._last_words()}"

    def _last_words(self) -> str:
        log = self._journal.folder / f"{self.part.name}.log"
        return f"Its last words: {self._journal.last_words(self.part.name)} (all in {log})"

    def _say(self, text: str) -> None:
        self._journal.write("stack", f"{self.part.name} {text}")


class _Output(asyncio.subprocess.SubprocessStreamProtocol):
    """Tells of the end at once; `Process.wait` may wait for whoever else holds the output open."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=BUFFER, loop=loop)
        self.ended = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.ended.set()
