"""Sealing all of a firm's secrets anew, a step of an operation at a time.

Reading goes on meanwhile: what is sealed opens with the keys it names, whichever version that is.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.clients import sealed_tins
from shared.documents import resealing
from shared.identity import key_rotation
from shared.identity.keys import open_keyring
from shared.operations.models import Job, Progress
from shared.platform.actor import Actor
from shared.platform.crypto import Keyring
from shared.platform.db import Tx, transaction

KIND = key_rotation.KIND
BATCH = 200
DOCUMENTS = 50

RESEAL: tuple[Callable[[Tx, Keyring, int], Awaitable[int]], ...] = (
    sealed_tins.reseal_tins,
    resealing.reseal_values,
)
"""Each seals some rows anew and says how many: none, when all are under the active keys."""


class Cursor(BaseModel):
    """``began``: keys retired shortly before it may still be in somebody's hands."""

    model_config = ConfigDict(frozen=True)

    began: datetime
    stage: Literal["rows", "readings"] = "rows"
    after: UUID = resealing.FIRST


async def rotate_step(actor: Actor, job: Job) -> Progress:
    if job.cursor is None:
        return await _begin(actor, job)
    cursor = Cursor.model_validate(job.cursor)
    if cursor.stage == "rows":
        is_more = await _reseal_rows(actor) > 0
        following = cursor if is_more else cursor.model_copy(update={"stage": "readings"})
        return _progress(job, 0, following)
    if documents := await resealing.reseal_readings(actor, cursor.after, DOCUMENTS):
        following = cursor.model_copy(update={"after": documents[-1]})
        return _progress(job, len(documents), following)
    destroyed = await key_rotation.destroy_retired(actor, cursor.began - key_rotation.KEPT)
    return Progress(done=job.done, total=job.total, result={"destroyed": destroyed})


async def _begin(actor: Actor, job: Job) -> Progress:
    began = datetime.now(UTC)
    if from_version := job.input.get("from_version"):
        await key_rotation.begin_rotation(actor, from_version)
    await key_rotation.rewrap_keys(actor)
    async with transaction(actor) as tx:
        total = await resealing.count_documents(tx)
    return Progress(done=0, total=total, cursor=Cursor(began=began).model_dump(mode="json"))


async def _reseal_rows(actor: Actor) -> int:
    """A batch of each kind, in a transaction of its own."""
    count = 0
    for reseal in RESEAL:
        async with transaction(actor) as tx:
            count += await reseal(tx, await open_keyring(tx), BATCH)
    return count


def _progress(job: Job, count: int, following: Cursor) -> Progress:
    """In documents: rows are a matter of seconds."""
    cursor = following.model_dump(mode="json")
    return Progress(done=job.done + count, total=job.total, cursor=cursor)
