"""Where work comes from: a source for each kind of trigger.

A kind that joins later (Service Bus) is one more class with these three methods and one
more entry in ``host.SOURCES``.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from local.functions_host.configuration import Configuration
from local.functions_host.invocation import Invoker
from local.functions_host.memory import Memory
from local.functions_host.webhooks import Webhooks

log = logging.getLogger(__name__)

LIVELY_SECONDS = 15.0


class Activity:
    """Whether somebody is using the host: sources that poll look often then, seldom at rest."""

    def __init__(self, idle: float = 0.0) -> None:
        self._last = time.monotonic() - idle
        self._use_began = asyncio.Event()

    def note(self) -> None:
        if self.idle >= LIVELY_SECONDS:
            self._use_began.set()
        self._last = time.monotonic()

    @property
    def idle(self) -> float:
        """Seconds since the host was used, or started."""
        return time.monotonic() - self._last

    async def sleep(self, seconds: float) -> None:
        """Sleep, but wake when somebody begins to use a host that was at rest."""
        self._use_began.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._use_began.wait()


@dataclass(frozen=True)
class Services:
    """What every source works with."""

    configuration: Configuration
    invoker: Invoker
    memory: Memory
    webhooks: Webhooks
    activity: Activity = field(default_factory=Activity)


class Source(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Take nothing more, and return when what runs has ended."""
        ...

    def fire(self, function_name: str, text: str) -> None:
        """Begin to run the function, now, because an administrator says so.

        Raises ValueError where the text is none that the function could be run with.
        """
        ...


class Rounds:
    """The background tasks of a source, and the word to end them."""

    def __init__(self) -> None:
        self._ending = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ending(self) -> bool:
        return self._ending.is_set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a background task ended with an error", exc_info=error)

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not past the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()

    async def cancel(self) -> None:
        """End what waits more than it works, and may be cut off anywhere."""
        for task in self._tasks:
            task.cancel()
        await self.end()

    async def end(self) -> None:
        self._ending.set()
        while self._tasks:  # one that is ending may have started another
            await asyncio.gather(*self._tasks, return_exceptions=True)
