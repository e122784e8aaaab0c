from pathlib import Path

from azure.durable_functions import EntityId

from local.durable.engine import Engine
from tests.local.durable.app import functions
from tests.local.durable.client import Client, until


async def test_a_story_signals_calls_and_hears_errors(client: Client) -> None:
    ended = await client.run("uses_entity", "k1")

    assert ended.output == [7, 7, "entity says no"]


async def test_a_client_signals_and_reads(client: Client) -> None:
    entity = EntityId("Counter", "k2")
    await client.signal_entity(entity, "add", 10)

    await _becomes(client, entity, 10)


async def test_a_missing_entity_does_not_exist(client: Client) -> None:
    assert not (await client.read_entity_state(EntityId("counter", "zz"))).entity_exists


async def test_a_removed_entity_does_not_exist(client: Client) -> None:
    entity = EntityId("counter", "k3")
    await client.signal_entity(entity, "add", 1)
    await _becomes(client, entity, 1)
    await client.signal_entity(entity, "remove")

    await _becomes(client, entity, None)


async def test_a_call_to_an_unknown_entity_fails(client: Client) -> None:
    ended = await client.run("uses_unknown_entity")

    assert "The entity function 'no_such_entity' does not exist" in ended.output


async def test_a_state_survives_a_restart(store_path: Path) -> None:
    entity = EntityId("counter", "k4")
    for expected in (2, 4):
        engine = Engine(functions, store_path)
        await engine.start()
        client = Client(engine.client_payload())
        await client.signal_entity(entity, "add", 2)
        await _becomes(client, entity, expected)
        await engine.stop()


async def _becomes(client: Client, entity: EntityId, wanted: int | None) -> None:
    async def is_there() -> bool:
        return (await client.read_entity_state(entity)).entity_state == wanted

    await until(is_there)
