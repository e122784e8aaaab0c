"""Who is called when: a turn for each instance that has messages, and a clock that wakes them."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from local.durable.store import Store

_log = logging.getLogger(__name__)

_MAX_FAILURES = 5
_LONGEST_NAP = 60.0


class Dispatcher:
    """Gives each instance one turn at a time, and `limit` instances at once."""

    def __init__(
        self,
        turn: Callable[[str], Awaitable[None]],
        give_up: Callable[[str, Exception], None],
        limit: int,
    ) -> None:
        self._turn = turn
        self._give_up = give_up
        self._slots = asyncio.Semaphore(limit)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._failures: Counter[str] = Counter()
        self._is_stopping = False

    def kick(self, instance_id: str) -> None:
        """Ask for a turn; one that is under way is followed by another."""
        if instance_id in self._running:
            self._again.add(instance_id)
        elif not self._is_stopping:
            task = asyncio.get_running_loop().create_task(self._run(instance_id))
            self._running[instance_id] = task

    async def stop(self) -> None:
        """Let the turns under way finish, and begin no other."""
        self._is_stopping = True
        await asyncio.gather(*self._running.values())

    async def _run(self, instance_id: str) -> None:
        self._again.add(instance_id)
        while instance_id in self._again:
            async with self._slots:
                self._again.discard(instance_id)
                if not self._is_stopping:
                    await self._guarded_turn(instance_id)
        del self._running[instance_id]

    async def _guarded_turn(self, instance_id: str) -> None:
        """A fault of the engine itself must neither spin for ever nor stop the others."""
        try:
            await self._turn(instance_id)
        except Exception as error:  # noqa: BLE001
            self._failures[instance_id] += 1
            failures = self._failures[instance_id]
            _log.exception("turn of %s failed (%d)", instance_id, failures)
            if failures < _MAX_FAILURES:
                loop = asyncio.get_running_loop()
                loop.call_later(0.05 * 2**failures, self.kick, instance_id)
                return
            self._give_up(instance_id, error)
        del self._failures[instance_id]


class Clock:
    """Sleeps until the next message is due. It looks at the wall clock: a laptop may be asleep."""

    def __init__(self, store: Store, kick: Callable[[str], None]) -> None:
        self._store = store
        self._kick = kick
        self._changed = asyncio.Event()
        self._alarm = 0.0

    def expect(self, due_at: float) -> None:
        if due_at < self._alarm:
            self._changed.set()

    async def run(self) -> None:
        """The first round finds all that was left when the last process ended."""
        while True:
            now = time.time()
            self._changed.clear()
            self._alarm = now + _LONGEST_NAP
            try:
                self._ring(now)
            except sqlite3.Error:
                _log.exception("the store cannot be read: timers wait")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._alarm - now):
                    await self._changed.wait()

    def _ring(self, now: float) -> None:
        for receiver in self._store.receivers_due(now):
            self._kick(receiver)
        self._alarm = min(self._alarm, self._store.next_due(now) or self._alarm)
