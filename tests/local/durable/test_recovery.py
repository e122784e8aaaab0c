"""What is left when the process ends, tidily or by kill -9, and what the next one makes of it."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.durable_functions.models.history import HistoryEventType

from local.durable.engine import Engine
from local.errors import AlreadyRunning, PartFailed
from tests.local.durable.app import functions
from tests.local.durable.client import Client

ROOT = Path(__file__).parents[3]
Jobs = dict[str, tuple[str, object]]


class TestKill9:
    """With a real child process."""

    def test_only_the_step_under_way_runs_again(self, store_path: Path, tmp_path: Path) -> None:
        gate, log = tmp_path / "gate", tmp_path / "steps.log"
        jobs: Jobs = {"story": ("chain", {"steps": 5, "gates": {"2": str(gate)}})}
        log.touch()
        with _child(store_path, jobs, log) as first:
            while len(log.read_text().splitlines()) < 3:
                assert first.poll() is None
                time.sleep(0.01)
            first.send_signal(signal.SIGKILL)
        gate.touch()
        with _child(store_path, jobs, log) as second:
            out, _ = second.communicate(timeout=30)

        assert "done" in out
        assert log.read_text().split() == ["0", "1", "2", "2", "3", "4"]
        assert _rows(store_path, "SELECT status FROM instances") == [("Completed",)]

    def test_repeated_kills_lose_nothing_and_repeat_no_result(
        self, store_path: Path, tmp_path: Path
    ) -> None:
        gate, log = tmp_path / "gate", tmp_path / "steps.log"
        jobs: Jobs = {"last": ("chain", {"steps": 1, "gates": {"0": str(gate)}})}
        for n in range(12):
            jobs |= {
                f"plain_chain-{n}": ("plain_chain", 6),
                f"fan_out-{n}": ("fan_out", 12),
                f"parent-{n}": ("parent", None),
                f"counter_loop-{n}": ("counter_loop", {"n": 0, "sum": 0, "until": 5}),
                f"approval-{n}": ("approval", 0.6),
            }
        chance = random.Random(7)
        for _ in range(4):
            with _child(store_path, jobs, log) as child:
                time.sleep(0.1 + chance.random() * 0.5)
                child.send_signal(signal.SIGKILL)
        gate.touch()
        with _child(store_path, jobs, log) as child:
            out, _ = child.communicate(timeout=40)

        assert "done" in out
        wanted = {
            "chain": [{"n": 0, "attempts": 1}],
            "plain_chain": 55,
            "fan_out": 506,
            "parent": {"children": [0, 1, 4], "caught": True, "retried": 49},
            "counter_loop": 55,
            "approval": {"timeout": True, "escalated": 81},
        }
        ended = _rows(
            store_path, "SELECT name, status, output FROM instances WHERE parent_id IS NULL"
        )
        assert len(ended) == len(jobs)
        assert {status for _, status, _ in ended} == {"Completed"}
        assert all(json.loads(output) == wanted[name] for name, _, output in ended)
        assert _results_recorded_twice(store_path) == 0
        left = _rows(store_path, "SELECT id FROM messages UNION ALL SELECT id FROM activities")
        assert left == []


class TestStop:
    async def test_an_activity_that_ends_in_the_grace_time_is_not_repeated(
        self, store_path: Path
    ) -> None:
        calls: list[str] = []

        async def invoke(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
            calls.append(name)
            return await call()

        first = Engine(functions, store_path, invoke=invoke)
        await first.start()
        client = Client(first.client_payload())
        story = await client.start_new("sleeper", None, 0.2)
        await client.wait_for_event(story, HistoryEventType.TASK_SCHEDULED)
        await first.stop(grace=10)
        second = Engine(functions, store_path, invoke=invoke)
        await second.start()
        ended = await Client(second.client_payload()).wait(story)
        await second.stop()

        assert ended.output == "awake"
        assert calls == ["dawdle"]

    async def test_an_activity_that_is_cut_off_runs_again_and_costs_no_attempt(
        self, store_path: Path
    ) -> None:
        begun = asyncio.Event()

        async def hang_once(_name: str, call: Callable[[], Awaitable[Any]]) -> Any:
            if not begun.is_set():
                begun.set()
                await asyncio.sleep(600)
            return await call()

        first = Engine(functions, store_path, invoke=hang_once)
        await first.start()
        story = await Client(first.client_payload()).start_new("plain_chain", None, 2)
        await begun.wait()
        await first.stop(grace=0)
        attempts = _rows(store_path, "SELECT attempts FROM activities")
        second = Engine(functions, store_path, invoke=hang_once)
        await second.start()
        ended = await Client(second.client_payload()).wait(story)
        await second.stop()

        assert attempts == [(0,)]
        assert ended.output == 1

    async def test_it_can_be_called_twice_and_before_the_start(self, store_path: Path) -> None:
        engine = Engine(functions, store_path)
        await engine.stop()
        await engine.start()
        await engine.stop()
        await engine.stop()


async def test_an_activity_that_took_the_host_down_five_times_fails(store_path: Path) -> None:
    first = Engine(functions, store_path)
    await first.start()
    story = await Client(first.client_payload()).start_new("sleeper", None, 600)
    await Client(first.client_payload()).wait(story, "Running")
    await first.stop(grace=0)
    _rows(store_path, "UPDATE activities SET attempts = 5 RETURNING id")

    second = Engine(functions, store_path)
    await second.start()
    ended = await Client(second.client_payload()).wait(story)
    await second.stop()

    assert "the host died 5 times in it" in ended.output


class TestStore:
    async def test_it_belongs_to_one_engine(self, engine: Engine, store_path: Path) -> None:
        assert engine.port
        with pytest.raises(AlreadyRunning, match="stop it first"):
            await Engine(functions, store_path).start()

    async def test_it_is_free_when_a_start_failed(self, engine: Engine, tmp_path: Path) -> None:
        other = Engine(functions, tmp_path / "other.db")
        with pytest.raises(OSError, match="address already in use"):
            await other.start(engine.port)

        retried = Engine(functions, tmp_path / "other.db")
        await retried.start()
        await retried.stop()

    async def test_one_of_another_version_is_left_alone(self, store_path: Path) -> None:
        _rows(store_path, "PRAGMA user_version = 99")

        with pytest.raises(PartFailed, match="reset"):
            await Engine(functions, store_path).start()


@contextmanager
def _child(store: Path, jobs: Jobs, log: Path) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.local.durable.child", str(store), json.dumps(jobs)]
    environment = {**os.environ, "STEPS_LOG": str(log)}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        try:
            assert child.stdout
            assert child.stdout.readline() == "up\n"
            yield child
        finally:
            child.kill()


def _results_recorded_twice(path: Path) -> int:
    twice = 0
    for (instance_id,) in _rows(path, "SELECT id FROM instances"):
        history = _rows(path, f"SELECT event FROM history WHERE instance_id = '{instance_id}'")
        events = [json.loads(event) for (event,) in history]
        results = [e["TaskScheduledId"] for e in events if "TaskScheduledId" in e]
        twice += len(results) - len(set(results))
    return twice


def _rows(path: Path, statement: str) -> list[Any]:
    database = sqlite3.connect(path)
    try:
        rows = database.execute(statement).fetchall()
        database.commit()
        return rows
    finally:
        database.close()
