"""Kills one part after the other with SIGKILL, and waits each time until it serves again."""

import asyncio
import os
import signal
import time
from collections import Counter
from random import Random

import psutil

from local.parts.part import accepts, answers_ok
from local.supervisor import MOST_DEATHS, WITHIN_SECONDS
from tests.journeys.stack import Stack

READER = "local_reader.worker"
PARTS = ("host", "reader", "postgres", "azurite", "valkey")
PAUSE = (0.3, 2.0)
RECOVERY_SECONDS = 60
SPARED_SECONDS = WITHIN_SECONDS / (MOST_DEATHS - 1) + 1
"""A part that dies more often is given up by the supervisor."""

FRESH_SECONDS = 8
"""Until Azurite has written down the containers, a client finds none after a kill."""


class Monkey:
    """Takes the parts in turn, shuffled anew each time, so that none gets away."""

    def __init__(self, stack: Stack, chance: Random) -> None:
        self._stack = stack
        self._chance = chance
        self.kills: Counter[str] = Counter()
        self.seen_readers: set[psutil.Process] = set()
        self._spared_until = {"azurite": time.monotonic() + FRESH_SECONDS}
        self.recovery: dict[str, list[float]] = {part: [] for part in PARTS}

    async def run(self) -> None:
        while True:
            for part in self._chance.sample(PARTS, len(PARTS)):
                await asyncio.sleep(self._chance.uniform(*PAUSE))
                if part == "reader":
                    self._kill_a_reader()
                elif time.monotonic() > self._spared_until.get(part, 0):
                    await self.kill(part)

    async def kill(self, part: str) -> None:
        before = self._stack.part(part).pid
        began = time.monotonic()
        self._spared_until[part] = began + SPARED_SECONDS
        os.kill(before, signal.SIGKILL)
        self.kills[part] += 1
        async with asyncio.timeout(RECOVERY_SECONDS):
            while not await self._is_serving(part, instead_of=before):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        self.recovery[part].append(time.monotonic() - began)

    def _kill_a_reader(self) -> None:
        """A child of the host; there is none before the first document, or just after a kill."""
        readers = self.readers()
        if readers:
            os.kill(self._chance.choice(readers).pid, signal.SIGKILL)
            self.kills["reader"] += 1

    def readers(self) -> list[psutil.Process]:
        host = self._stack.find_part("host")
        process = host.process() if host else None
        try:
            children = process.children() if process else []
            readers = [each for each in children if any(READER in word for word in each.cmdline())]
        except psutil.NoSuchProcess:  # it has just ended
            return []
        self.seen_readers.update(readers)
        return readers

    async def _is_serving(self, part: str, *, instead_of: int) -> bool:
        started = self._stack.find_part(part)
        return (
            started is not None
            and started.pid != instead_of
            and await accepts(started.port)
            and await answers_ok(f"{self._stack.url}/api/health")
        )
