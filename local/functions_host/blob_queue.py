"""The blobs to be delivered, each kept until its function succeeds or has failed too often.

In Azure they are messages of the storage queue azure-webjobs-blobtrigger-{host}, and of
webjobs-blobtrigger-poison when the function has failed poisonBlobThreshold times. Both sources,
Event Grid and the scan of a container, lead into that one queue.
"""

import asyncio
import logging
from collections.abc import Mapping

from local.functions_host.blob_delivery import BlobFunction
from local.functions_host.blob_storage import StorageUnavailable
from local.functions_host.configuration import Configuration
from local.functions_host.memory import BlobMessage, Memory
from local.functions_host.sources import Rounds

log = logging.getLogger(__name__)

FIRST_RETRY = 0.2
LONGEST_RETRY = 60.0


class BlobQueue:
    def __init__(
        self, functions: Mapping[str, BlobFunction], memory: Memory, configuration: Configuration
    ) -> None:
        self._functions = functions
        self._memory = memory
        self._most_tries = configuration.poison_blob_threshold
        # Azure's limit, too, is one for all blob functions of the app together.
        self._slots = asyncio.Semaphore(configuration.blob_parallelism)
        self._rounds = Rounds()

    def resume(self) -> None:
        """Go on with what the last process left."""
        for message in self._memory.waiting_messages():
            if message.function in self._functions:
                self._rounds.start(self._settle(message))

    async def stop(self) -> None:
        await self._rounds.end()

    def post(self, function: str, blob: str, etag: str | None = None) -> None:
        """It is on disk when this returns; with an ETag it is for that version of the blob."""
        self._rounds.start(self._settle(self._memory.post(function, blob, etag)))

    def post_again(self, function: str, blob: str) -> None:
        """Because an administrator says so: it has all its tries again."""
        self._memory.forgive(function, blob)
        self.post(function, blob)

    async def _settle(self, message: BlobMessage) -> None:
        pause = FIRST_RETRY
        while not await self._try(message):
            await self._rounds.sleep(pause)
            pause = min(2 * pause, LONGEST_RETRY)

    async def _try(self, message: BlobMessage) -> bool:
        """Whether there is nothing left to do, for now or for ever."""
        async with self._slots:
            if self._rounds.ending:
                return True
            try:
                return await self._deliver(message)
            except StorageUnavailable:  # the watch tells of it
                return False
            except Exception:
                log.exception("blob=%s for %s is tried again", message.blob, message.function)
                return False

    async def _deliver(self, message: BlobMessage) -> bool:
        function = self._functions[message.function]
        blob = await function.fetch(message.blob)
        if blob is None or message.etag not in (None, blob.etag):
            self._memory.settle(message)  # gone, or changed: then that is another message
            return True
        tries = self._memory.start_try(message)
        # Only a try that ended the process is counted without an end of its own.
        if tries <= self._most_tries and await function.invoke(blob):
            self._memory.settle(message)
            return True
        if tries < self._most_tries:
            return False
        self._memory.give_up(message)
        log.error("blob=%s is poison: %s failed %d times", message.blob, function.name, tries)
        return True
