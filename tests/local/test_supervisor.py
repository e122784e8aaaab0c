"""A supervised part: restarted when it dies, given up when it keeps dying, never left behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from local import pids
from local.errors import PartFailed
from local.journal import Journal
from local.parts.part import Part, accepts
from local.supervisor import Supervisor
from tests.local.programs import until
from tests.servers import free_ports

PORT = free_ports(1)[0]
SERVES = (
    "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"
)
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
HAS_A_CHILD = (
    "import subprocess, sys;"
    "print('child', subprocess.Popen([sys.executable, '-c', 'input()'],"
    " stdin=subprocess.PIPE).pid, flush=True);"
)


class Bench:
    """Supervisors on a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.notes = folder / "run"
        self.notes.mkdir()
        self.journal = Journal(folder, echo=False)
        self._supervisors: list[Supervisor] = []

    def supervise(self, program: str, *, stop_seconds: float = 20) -> Supervisor:
        part = Part(
            name="web",
            port=PORT,
            command=[sys.executable, "-u", "-c", program.format(port=PORT)],
            is_healthy=lambda: accepts(PORT),
            stop_seconds=stop_seconds,
        )
        supervisor = Supervisor(part, notes=self.notes, journal=self.journal)
        self._supervisors.append(supervisor)
        return supervisor

    def pid(self) -> int:
        return int(json.loads((self.notes / "web.json").read_text())["pid"])

    def log(self, name: str = "web") -> str:
        return (self.journal.folder / f"{name}.log").read_text()

    async def close(self) -> None:
        for supervisor in self._supervisors:
            await supervisor.stop()
        self.journal.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[Bench]:
    made = Bench(tmp_path)
    yield made
    await made.close()


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_is_healthy_when_start_returns(bench: Bench) -> None:
    await bench.supervise(SERVES).start()

    assert await accepts(PORT)


async def test_a_killed_part_comes_back(bench: Bench) -> None:
    supervisor = bench.supervise(SERVES)
    await supervisor.start()
    watch = asyncio.create_task(supervisor.keep_alive())
    killed = bench.pid()

    os.kill(killed, signal.SIGKILL)

    async def is_replaced() -> bool:
        return (bench.notes / "web.json").exists() and bench.pid() != killed and await accepts(PORT)

    await until(is_replaced)
    await cancelled(watch)
    assert "web ended with code -9; it starts again in 0.25 s" in bench.log("stack")


async def test_a_part_is_equipped_at_every_start(bench: Bench) -> None:
    equipped: list[int] = []
    supervisor = bench.supervise(SERVES)
    supervisor.part = replace(supervisor.part, equip=lambda: equipped.append(bench.pid()))
    await supervisor.start()
    watch = asyncio.create_task(supervisor.keep_alive())

    os.kill(bench.pid(), signal.SIGKILL)

    async def is_equipped_again() -> bool:
        return len(set(equipped)) == 2

    await until(is_equipped_again)
    await cancelled(watch)


async def test_a_part_that_cannot_be_equipped_is_not_left_running(bench: Bench) -> None:
    def refuse() -> None:
        raise ConnectionError

    supervisor = bench.supervise(SERVES)
    supervisor.part = replace(supervisor.part, equip=refuse)

    with pytest.raises(PartFailed, match="could not be equipped \\(ConnectionError\\)"):
        await supervisor.start()
    assert not await accepts(PORT)


async def test_a_part_that_keeps_dying_is_given_up_with_its_last_words(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Supervisor, "FIRST_DELAY", 0.0)
    supervisor = bench.supervise(SERVES)
    await supervisor.start()
    dies = bench.supervise("print('no such table'); raise SystemExit(3)")
    supervisor.part = dies.part
    os.kill(bench.pid(), signal.SIGKILL)

    with pytest.raises(PartFailed, match=r"ended 5 times within 60 s.*no such table"):
        await supervisor.keep_alive()


async def test_a_part_that_does_not_start_says_why(bench: Bench) -> None:
    supervisor = bench.supervise("print('the port is wrong'); raise SystemExit(3)")

    with pytest.raises(PartFailed, match=r"ended with code 3 before .*the port is wrong"):
        await supervisor.start()


async def test_a_part_that_will_not_stop_is_killed(bench: Bench) -> None:
    supervisor = bench.supervise(IGNORES_SIGTERM + SERVES, stop_seconds=0.2)
    await supervisor.start()
    pid = bench.pid()

    await supervisor.stop()

    assert not psutil.pid_exists(pid)
    assert "web did not stop when asked and is killed" in bench.log("stack")


async def test_what_a_part_started_goes_with_it(bench: Bench) -> None:
    supervisor = bench.supervise(HAS_A_CHILD + SERVES)
    await supervisor.start()
    child = int(bench.log().split("child ")[1].split()[0])

    await supervisor.stop()

    async def is_gone() -> bool:
        return not psutil.pid_exists(child)

    await until(is_gone)


async def test_a_line_of_any_length_is_logged_whole(bench: Bench) -> None:
    supervisor = bench.supervise("print('x' * 300_000);" + SERVES)
    await supervisor.start()
    await supervisor.stop()

    assert "x" * 300_000 in bench.log()


async def test_leftovers_of_a_crash_are_stopped(bench: Bench) -> None:
    await bench.supervise(SERVES).start()
    left = bench.pid()

    assert await asyncio.to_thread(pids.clear_leftovers, bench.notes) == ["web"]

    assert not await accepts(PORT)
    assert pids.noted(bench.notes) == []
    assert not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE


async def test_a_stranger_with_a_leftovers_number_is_left_alone(bench: Bench) -> None:
    pids.note(bench.notes, "web", PORT, os.getpid())
    note = bench.notes / "web.json"
    found = json.loads(note.read_text())
    note.write_text(json.dumps({**found, "at": found["at"] - 3600}))

    assert pids.clear_leftovers(bench.notes) == []
