"""A process with an engine, for tests that kill it: python -m tests.local.durable.child STORE JOBS.

JOBS is JSON, id to [function, input]; those that do not exist yet are started. It says "up"
when the engine runs and "done" when all have ended.
"""

import asyncio
import json
import sys
from pathlib import Path

from local.durable.engine import Engine
from tests.local.durable.app import functions
from tests.local.durable.client import Client


async def main(store: Path, jobs: dict[str, tuple[str, object]]) -> None:
    engine = Engine(functions, store)
    await engine.start()
    client = Client(engine.client_payload())
    print("up", flush=True)  # noqa: T201 - the parent reads it
    for instance_id, (name, given) in jobs.items():
        if not await client.get_status(instance_id):
            await client.start_new(name, instance_id, given)
    for instance_id in jobs:
        await client.wait(instance_id)
    print("done", flush=True)  # noqa: T201 - the parent reads it
    await engine.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
