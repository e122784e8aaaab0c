"""Timers: on time, one run at a time, retried, and made up for after a pause."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.functions_host.memory import Memory
from local.functions_host.timers import Timer
from tests.local.functions_host.hosting import hosted, until


def runs(seen: list[tuple[object, ...]], name: str) -> list[tuple[object, ...]]:
    return [each[1:] for each in seen if each[0] == name]


async def test_a_timer_fires_on_its_schedule(tmp_path: Path) -> None:
    async with hosted("timers", tmp_path) as host:
        await until(lambda: len(runs(host.app.seen, "tick")) >= 2)

        assert runs(host.app.seen, "tick")[0] == (False,)


async def test_it_may_ask_to_run_at_the_start(tmp_path: Path) -> None:
    async with hosted("timers", tmp_path) as host:
        await until(lambda: runs(host.app.seen, "at_start") == [(False,)])


async def test_an_administrator_may_fire_it_and_its_retries_are_honoured(tmp_path: Path) -> None:
    async with hosted("timers", tmp_path) as host:
        answer = await host.http.post("/admin/functions/flaky", headers=host.as_master)

        assert answer.status_code == 202
        await until(lambda: runs(host.app.seen, "flaky") == [(0,), (1,), (2,)])


async def test_a_body_that_is_no_object_is_a_bad_request(tmp_path: Path) -> None:
    async with hosted("timers", tmp_path) as host:
        for body in (b"[]", b"{"):
            answer = await host.http.post(
                "/admin/functions/flaky", content=body, headers=host.as_master
            )
            assert answer.status_code == 400


async def test_a_run_missed_while_the_host_was_down_is_made_up_for_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "host.sqlite")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    memory.note_run("sweep", yesterday)
    memory.close()

    async with hosted("timers", tmp_path) as host:
        await until(lambda: runs(host.app.seen, "sweep"))
        assert runs(host.app.seen, "sweep") == [(True, yesterday.isoformat())]
    async with hosted("timers", tmp_path) as again:
        await until(lambda: runs(again.app.seen, "tick"))
        assert runs(again.app.seen, "sweep") == []


async def test_a_run_that_cannot_be_noted_does_not_end_the_timer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Timer, "_is_monitored", property(lambda _: True))
    monkeypatch.setattr(Memory, "note_run", full)
    async with hosted("timers", tmp_path) as host:
        await until(lambda: len(runs(host.app.seen, "tick")) >= 2)

    assert "timer=tick goes on after an error" in caplog.text


async def test_a_first_start_has_missed_nothing(tmp_path: Path) -> None:
    async with hosted("timers", tmp_path) as host:
        await until(lambda: runs(host.app.seen, "tick"))

        assert runs(host.app.seen, "sweep") == []


async def test_only_schedules_of_a_minute_or_more_are_remembered(tmp_path: Path) -> None:
    async with hosted("timers", tmp_path) as host:
        await until(lambda: runs(host.app.seen, "tick"))
    with sqlite3.connect(tmp_path / "host.sqlite") as database:
        known = {name for (name,) in database.execute("SELECT function FROM timers")}
    database.close()

    assert known == {"sweep", "flaky"}
