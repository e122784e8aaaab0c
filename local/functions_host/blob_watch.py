"""Finding new blobs by listing their container: Azurite has no feed of changes.

A listing takes time in proportion to the blobs there are, and the watch rests in proportion to
that: measured with 5,000 blobs, a listing takes half a second and a new blob is seen within 2.5
seconds while the host is being used.
"""

import logging
import time
from collections.abc import Callable

from local.functions_host.blob_paths import BlobPath
from local.functions_host.blob_storage import BlobStorage, ListedBlob, StorageUnavailable
from local.functions_host.sources import LIVELY_SECONDS, Activity

log = logging.getLogger(__name__)

SHORTEST_REST = 0.1
LONGEST_REST = 5.0
GROWTH = 20.0  # seconds unused for each second of rest


def rest_after(took: float, idle: float) -> float:
    """Seconds to rest after a listing, which took so long, in a host unused for so long.

    A fifth of the time goes into listing at most while the host is used, 1.6 % when it is not.
    """
    if idle < LIVELY_SECONDS:
        return max(SHORTEST_REST, 4 * took)
    return max(min(LONGEST_REST, max(1.0, idle / GROWTH)), 60 * took)


class BlobWatch:
    """Tells of each blob that fits the path, once for each of its ETags."""

    def __init__(
        self,
        storage: BlobStorage,
        path: BlobPath,
        known: dict[str, str],
        tell: Callable[[ListedBlob], None],
        activity: Activity,
    ) -> None:
        self._storage = storage
        self._path = path
        self._known = known
        self._tell = tell
        self._activity = activity
        self._trouble: type[Exception] | None = None  # of the last listing

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            began = time.monotonic()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - or no blob would be seen until a restart
                self._note_trouble(error)
            else:
                self._note_success()
            await self._rest(time.monotonic() - began)

    async def _look(self) -> None:
        async for page in self._storage.list_pages(self._path.prefix):
            for blob in page:
                whole_name = f"{self._path.container}/{blob.name}"
                if self._known.get(whole_name) != blob.etag and self._path.match(blob.name):
                    self._tell(blob)
                    self._known[whole_name] = blob.etag  # not before: the telling may fail

    async def _rest(self, took: float) -> None:
        ended = time.monotonic()
        while (left := ended + rest_after(took, self._activity.idle) - time.monotonic()) > 0:
            await self._activity.sleep(left)

    def _note_success(self) -> None:
        if self._trouble:
            self._trouble = None
            log.info("container=%s can be listed again", self._path.container)

    def _note_trouble(self, error: Exception) -> None:
        if type(error) is self._trouble:
            return  # it has been told
        self._trouble = type(error)
        if isinstance(error, StorageUnavailable):
            log.warning("container=%s cannot be listed: %s", self._path.container, error)
        else:
            log.error("container=%s could not be watched", self._path.container, exc_info=error)
