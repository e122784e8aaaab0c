"""The blob trigger: new blobs, by Event Grid or by scanning, through one queue to their functions.

``source="EventGrid"`` is all that a Flex Consumption plan offers. The scan is what a trigger
without a source gets; it delivers each ETag once, where an event that is repeated is delivered
repeatedly.
"""

from collections.abc import Sequence

from local.functions_host.blob_delivery import BlobFunction
from local.functions_host.blob_events import EVENT_TYPE, FUNCTION_PREFIX, BlobEvents
from local.functions_host.blob_queue import BlobQueue
from local.functions_host.blob_storage import ListedBlob
from local.functions_host.blob_watch import BlobWatch
from local.functions_host.event_grid import EventGrid
from local.functions_host.functions import Function
from local.functions_host.sources import Rounds, Services

EXTENSION = "blobs"


class Blobs:
    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        self._services = services
        self._memory = services.memory
        self._functions = {f.name: BlobFunction(f, services.invoker) for f in functions}
        self._queue = BlobQueue(self._functions, services.memory, services.configuration)
        self._event_grid = EventGrid(self._call_webhook, services.memory)
        self._watching = Rounds()
        if any(each.comes_by_event for each in self._functions.values()):
            services.webhooks.add(EXTENSION, BlobEvents(self._functions, self._queue).answer)

    async def start(self) -> None:
        self._queue.resume()
        for function in self._functions.values():
            self._watching.start(self._watch(function).run())

    async def stop(self) -> None:
        try:
            await self._watching.cancel()
            await self._event_grid.stop()
            await self._queue.stop()
        finally:
            for function in self._functions.values():
                await function.storage.close()

    def fire(self, function_name: str, text: str) -> None:
        """Deliver the blob "container/name" again, whatever has become of it so far."""
        container, _, name = text.partition("/")
        if not self._functions[function_name].takes(container, name):
            raise ValueError(f"{text!r} does not fit the path of {function_name}")
        self._queue.post_again(function_name, text)

    def _watch(self, function: BlobFunction) -> BlobWatch:
        def tell(blob: ListedBlob) -> None:
            if function.comes_by_event:
                self._event_grid.publish(function.name, function.path.container, blob)
            else:
                name = function.whole_name(blob.name)
                self._queue.post(function.name, name, blob.etag)
                self._memory.note_blob(function.name, name, blob.etag)

        return BlobWatch(
            function.storage,
            function.path,
            self._memory.known_blobs(function.name),
            tell,
            self._services.activity,
        )

    async def _call_webhook(self, function: str, body: bytes) -> int:
        parameters = {"functionName": f"{FUNCTION_PREFIX}{function}"}
        headers = {EVENT_TYPE: "Notification"}
        return self._services.webhooks.deliver(EXTENSION, parameters, headers, body)
