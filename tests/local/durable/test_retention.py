"""Ended orchestrations are forgotten after a while, all others never."""

import sqlite3
import time
from pathlib import Path

from local.durable.engine import Engine
from local.durable.records import Instance, Status
from local.durable.retention import KEPT
from local.durable.store import Store
from tests.local.durable.app import functions
from tests.local.programs import until

DAY = 24 * 3600.0
ENDED = (Status.COMPLETED, Status.FAILED, Status.TERMINATED)


def instance(status: Status, age: float) -> Instance:
    then = time.time() - age
    return Instance(f"{status}-{age / DAY:.0f}", "1", "n", "", status, None, None, None, then, then)


def rows(path: Path, statement: str) -> list[str]:
    database = sqlite3.connect(path)
    found = [row[0] for row in database.execute(statement)]
    database.close()
    return sorted(found)


async def run_for_a_while(path: Path) -> None:
    engine = Engine(functions, path)

    async def has_forgotten() -> bool:
        return not engine._store.ended_before(time.time() - KEPT.total_seconds(), 1)  # pyright: ignore[reportPrivateUsage]

    await engine.start()
    try:
        await until(has_forgotten)
    finally:
        await engine.stop()


async def test_a_start_forgets_what_ended_long_ago_with_its_history(store_path: Path) -> None:
    limit = KEPT.total_seconds()
    store = Store(store_path, lambda _, __: None)
    store.open()
    with store.transaction():
        for each in Status:
            for age in (limit - DAY, limit + DAY):
                store.put_instance(instance(each, age))
                store.append_history(instance(each, age).id, 0, [{"EventType": 12}])
    store.close()

    await run_for_a_while(store_path)

    young = [instance(each, limit - DAY).id for each in Status]
    living = [instance(each, limit + DAY).id for each in Status if each not in ENDED]
    assert rows(store_path, "SELECT id FROM instances") == sorted([*young, *living])
    assert rows(store_path, "SELECT instance_id FROM history") == sorted([*young, *living])


async def test_more_than_one_batch_is_forgotten_at_once(store_path: Path) -> None:
    store = Store(store_path, lambda _, __: None)
    store.open()
    with store.transaction():
        for number in range(1100):
            old = instance(Status.COMPLETED, KEPT.total_seconds() + DAY * (number + 1))
            store.put_instance(old)
    store.close()

    await run_for_a_while(store_path)

    assert rows(store_path, "SELECT id FROM instances") == []
