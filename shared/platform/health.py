"""Whether what we stand on answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.platform import blob, cache, db
from shared.platform.errors import AppError

log = logging.getLogger(__name__)

PATIENCE = 8.0  # seconds

Answer = Literal["ok", "unavailable"]
CacheAnswer = Literal["ok", "unavailable", "not_configured"]


class Health(BaseModel):
    """The app is well without its cache: it then works uncounted."""

    model_config = ConfigDict(frozen=True)

    database: Answer
    storage: Answer
    cache: CacheAnswer

    @property
    def is_well(self) -> bool:
        return self.database == self.storage == "ok"


async def check() -> Health:
    """Ask all at once. What is wrong goes to the log: the answer is for anyone to see."""
    database, storage, remembered = await asyncio.gather(
        _ask("the database", db.ping), _ask("storage", blob.ping), _ask_cache()
    )
    return Health(database=database, storage=storage, cache=remembered)


async def _ask_cache() -> CacheAnswer:
    return await _ask("the cache", cache.ping) if cache.is_configured() else "not_configured"


async def _ask(name: str, ping: Callable[[], Awaitable[None]]) -> Answer:
    """Whoever probes us gives up soon; a driver that tries again and again does not."""
    try:
        async with asyncio.timeout(PATIENCE):
            await ping()
    except (AppError, TimeoutError) as error:
        log.warning("%s does not answer: %s", name, str(error) or f"waited {PATIENCE} s")
        return "unavailable"
    return "ok"
