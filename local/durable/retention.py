"""How long ended orchestrations are kept for whoever asks what became of them.

Azure keeps them until somebody purges them; a laptop has nobody who would.
"""

import asyncio
import time
from datetime import timedelta

from local.durable.instances import Instances
from local.durable.store import Store

KEPT = timedelta(days=30)
_PAUSE = timedelta(days=1)
_BATCH = 500


class Retention:
    def __init__(self, store: Store, instances: Instances) -> None:
        self._store = store
        self._instances = instances

    async def run(self) -> None:
        """Look when the engine starts, and once a day."""
        while True:  # noqa: ASYNC110 - time passes, and no event tells of it
            # Between two batches, whoever waits for the store goes first.
            await asyncio.sleep(0 if self._forget_some() else _PAUSE.total_seconds())

    def _forget_some(self) -> int:
        too_old = time.time() - KEPT.total_seconds()
        return self._instances.purge(self._store.ended_before(too_old, _BATCH))
