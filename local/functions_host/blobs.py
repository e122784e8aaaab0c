"""The blob trigger: poll, call once for each ETag, give up after some tries.

Azurite has no feed of changes, so what is new is found by listing, which costs
time in proportion to the blobs there are. The poller rests in proportion to that:
measured with 5,000 blobs, a listing takes half a second and a new blob is seen
within 2.5 seconds while the host is being used.
"""

import asyncio
import logging
import time
from collections.abc import Sequence

from azure.functions.meta import Datum

from local.functions_host import bindings
from local.functions_host.blob_paths import parse_blob_path
from local.functions_host.blob_storage import (
    BlobStorage,
    FetchedBlob,
    ListedBlob,
    StorageUnavailable,
)
from local.functions_host.configuration import connection_string
from local.functions_host.functions import Function
from local.functions_host.sources import Rounds, Services

log = logging.getLogger(__name__)

SHORTEST_REST = 0.25
FIRST_RETRY = 0.1
LONGEST_RETRY = 60.0


def rest_after(took: float, *, is_lively: bool) -> float:
    """Seconds to rest after a listing: a fifth of the time goes into listing at most, or 1.6 %."""
    return max(SHORTEST_REST, 4 * took) if is_lively else max(1.0, 60 * took)


class Blobs:
    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        # Azure's limit, too, is one for all blob functions of the app together.
        slots = asyncio.Semaphore(services.configuration.blob_parallelism)
        self._rounds = Rounds()
        self._pollers = {f.name: Poller(f, services, self._rounds, slots) for f in functions}

    async def start(self) -> None:
        for poller in self._pollers.values():
            self._rounds.start(poller.run())

    async def stop(self) -> None:
        try:
            await self._rounds.end()
        finally:
            for poller in self._pollers.values():
                await poller.close()

    def fire(self, function_name: str, text: str) -> None:
        """Deliver the blob "container/name" again, whatever its receipt says."""
        self._rounds.start(self._pollers[function_name].deliver(text.partition("/")[2]))


class Poller:
    """Finds the new blobs of one function."""

    def __init__(
        self, function: Function, services: Services, rounds: Rounds, slots: asyncio.Semaphore
    ) -> None:
        self._function = function
        self._services = services
        self._memory = services.memory
        self._rounds = rounds
        self._slots = slots
        self._path = parse_blob_path(function.trigger["path"])
        self._connection = str(function.trigger.get("connection") or "AzureWebJobsStorage")
        self._storage = BlobStorage(connection_string(self._connection), self._path.container)
        self._wants_content = not function.parameters[function.trigger_name].is_sdk_type
        self._settled = self._memory.settled_blobs(function.name)
        self._under_way: set[str] = set()
        self._is_reachable = True

    async def close(self) -> None:
        await self._storage.close()

    async def run(self) -> None:
        while not self._rounds.ending:
            began = time.monotonic()
            try:
                await self._look()
                self._note_reachable()
            except StorageUnavailable as error:
                self._note_unreachable(error)
            await self._rest(time.monotonic() - began)

    async def _look(self) -> None:
        async for page in self._storage.list_pages(self._path.prefix):
            for blob in page:
                if self._is_new(blob):
                    self._under_way.add(blob.name)
                    self._rounds.start(self._settle(blob))

    def _is_new(self, blob: ListedBlob) -> bool:
        return (
            blob.name not in self._under_way
            and self._settled.get(self._receipt_name(blob.name)) != blob.etag
            and self._path.match(blob.name) is not None
        )

    async def _rest(self, took: float) -> None:
        """Rest, but wake when somebody begins to use the host."""
        ended = time.monotonic()
        while not self._rounds.ending:
            is_lively = self._services.activity.is_lively
            if time.monotonic() - ended >= rest_after(took, is_lively=is_lively):
                return
            await self._rounds.sleep(SHORTEST_REST)

    async def _settle(self, blob: ListedBlob) -> None:
        """Try until the function succeeds or has failed too often."""
        try:
            retry = FIRST_RETRY
            while not self._rounds.ending and not await self._try(blob):
                retry = min(2 * retry, LONGEST_RETRY)
                await self._rounds.sleep(retry)
        except StorageUnavailable as error:
            self._note_unreachable(error)  # no receipt: the next listing brings it again
        finally:
            self._under_way.discard(blob.name)

    async def _try(self, blob: ListedBlob) -> bool:
        """Whether there is nothing left to do for this blob."""
        async with self._slots:
            if self._rounds.ending:
                return True
            fetched = await self._fetch(blob.name)
            if fetched is None or fetched.etag != blob.etag:
                return True  # gone, or changed: then it is another delivery
            receipt = self._receipt_name(blob.name)
            tries = self._memory.start_try(self._function.name, receipt, blob.etag)
            is_poison = tries > self._services.configuration.poison_blob_threshold
            if is_poison:
                log.error("blob=%s is poison: %s gave up", receipt, self._function.name)
            elif not await self._invoke(fetched):
                return False
            self._memory.settle(self._function.name, receipt, is_poison=is_poison)
            self._settled[receipt] = blob.etag
            return True

    async def deliver(self, name: str) -> None:
        fetched = await self._fetch(name)
        if fetched:
            await self._invoke(fetched)

    async def _fetch(self, name: str) -> FetchedBlob | None:
        return await self._storage.fetch(name, with_content=self._wants_content)

    async def _invoke(self, blob: FetchedBlob) -> bool:
        if self._wants_content:
            value = Datum(blob.content, "bytes")
        else:
            value = bindings.blob_reference(self._connection, self._path.container, blob.name)
        named = self._path.match(blob.name) or {}
        metadata = {
            "BlobTrigger": bindings.text(self._receipt_name(blob.name)),
            "Uri": bindings.as_json(blob.uri),
            "Properties": bindings.as_json(blob.properties),
            "Metadata": bindings.as_json(blob.metadata),
            **{name: bindings.text(part) for name, part in named.items()},
        }
        inputs = {self._function.trigger_name: value}
        try:
            await self._services.invoker.invoke(self._function, inputs, metadata)
        except Exception:  # noqa: BLE001 - the invoker has logged it
            return False
        return True

    def _receipt_name(self, name: str) -> str:
        return f"{self._path.container}/{name}"

    def _note_reachable(self) -> None:
        if not self._is_reachable:
            self._is_reachable = True
            log.info("storage=%s answers again", self._connection)

    def _note_unreachable(self, error: StorageUnavailable) -> None:
        if self._is_reachable:
            self._is_reachable = False
            log.warning("storage=%s does not answer: %s", self._connection, error)
