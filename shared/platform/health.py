"""Whether what we stand on answers."""

import logging
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.platform import blob, db
from shared.platform.errors import AppError

log = logging.getLogger(__name__)

Answer = Literal["ok", "unavailable"]


class Health(BaseModel):
    model_config = ConfigDict(frozen=True)

    database: Answer
    storage: Answer

    @property
    def is_well(self) -> bool:
        return self.database == self.storage == "ok"


async def check() -> Health:
    """Ask each once. What is wrong goes to the log: the answer is for anyone to see."""
    return Health(database=await _database(), storage=await _storage())


async def _database() -> Answer:
    try:
        await db.ping()
    except AppError as error:
        log.warning("the database does not answer: %s", error)
        return "unavailable"
    return "ok"


async def _storage() -> Answer:
    try:
        await blob.ping()
    except AppError as error:
        log.warning("storage does not answer: %s", error)
        return "unavailable"
    return "ok"
