"""What Azure's Event Grid does for a storage account: call a webhook for each new blob.

The event is delivered at least once: again while the answer is not 2xx, later each time, and
set aside as a dead letter after the last try or an answer that another try would not change.
"""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from local.functions_host.blob_events import BLOB_CREATED
from local.functions_host.blob_storage import ListedBlob
from local.functions_host.memory import DeadLetter, Memory
from local.functions_host.sources import Rounds

log = logging.getLogger(__name__)

# Azure waits 10 s, 30 s, 1, 5, 10, 30 minutes, 1, 3, 6 and then 12 hours, for a day.
PAUSES = (0.2, 1.0, 5.0, 10.0, 30.0, *[60.0] * 24)
NOT_TRIED_AGAIN = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }
)
Webhook = Callable[[str, bytes], Awaitable[int]]


class EventGrid:
    """The webhook is given a function's name and the events, and answers with its status."""

    def __init__(
        self, webhook: Webhook, memory: Memory, *, pauses: Sequence[float] = PAUSES
    ) -> None:
        self._webhook = webhook
        self._memory = memory
        self._pauses = pauses
        self._rounds = Rounds()

    async def stop(self) -> None:
        """What is not delivered yet is found again by the next start's listing."""
        await self._rounds.end()

    def publish(self, function: str, container: str, blob: ListedBlob) -> None:
        self._rounds.start(self._deliver(function, container, blob))

    async def _deliver(self, function: str, container: str, blob: ListedBlob) -> None:
        body = json.dumps([blob_created(container, blob)]).encode()
        name = f"{container}/{blob.name}"
        for pause in (0.0, *self._pauses):
            await self._rounds.sleep(pause)
            if self._rounds.ending:
                return
            status = await self._call(function, body)
            if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                break
            log.warning("event of blob=%s for %s was answered with %d", name, function, status)
            if status in NOT_TRIED_AGAIN:
                self._set_aside(DeadLetter(function, name, f"answered with {status}"))
                break
        else:
            tries = len(self._pauses) + 1
            self._set_aside(DeadLetter(function, name, f"not delivered in {tries} tries"))
        self._memory.note_blob(function, name, blob.etag)

    async def _call(self, function: str, body: bytes) -> int:
        try:
            return await self._webhook(function, body)
        except Exception:
            log.exception("the webhook of %s failed", function)
            return HTTPStatus.INTERNAL_SERVER_ERROR

    def _set_aside(self, letter: DeadLetter) -> None:
        log.error("event of blob=%s is a dead letter: %s", letter.blob, letter.reason)
        self._memory.note_dead_letter(letter)


def blob_created(container: str, blob: ListedBlob) -> dict[str, Any]:
    """The event as Azure Storage publishes it, in Event Grid's own schema."""
    return {
        "topic": "/subscriptions/local/providers/Microsoft.Storage/storageAccounts/local",
        "subject": f"/blobServices/default/containers/{container}/blobs/{blob.name}",
        "eventType": BLOB_CREATED,
        "eventTime": datetime.now(UTC).isoformat(),
        "id": str(uuid.uuid4()),
        "data": {
            "api": "PutBlob",
            "eTag": blob.etag,
            "blobType": "BlockBlob",
            "url": f"https://local.blob.core.windows.net/{container}/{blob.name}",
        },
        "dataVersion": "",
        "metadataVersion": "1",
    }
