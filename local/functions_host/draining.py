"""Taking no more work while what runs ends: before a stop, or because an administrator says so."""

import asyncio
from collections.abc import Callable, Coroutine
from http import HTTPStatus

from local.functions_host.asgi import Reply

RETRY_AFTER = b"10"  # seconds; the supervisor has started another host by then
DRAINING = Reply(HTTPStatus.SERVICE_UNAVAILABLE, headers=[(b"retry-after", RETRY_AFTER)])


class Draining:
    """``finish``, given the seconds it has or None, returns when nothing runs any more."""

    def __init__(self, finish: Callable[[float | None], Coroutine[None, None, None]]) -> None:
        self._finish = finish
        self._task: asyncio.Task[None] | None = None

    def begin(self, grace: float | None = None) -> asyncio.Task[None]:
        if self._task is None:
            self._task = asyncio.create_task(self._finish(grace))
        return self._task

    @property
    def has_begun(self) -> bool:
        return self._task is not None

    @property
    def state(self) -> str:
        return "Draining" if self.has_begun else "Running"

    @property
    def progress(self) -> str:
        """In the words of Azure's host."""
        if self._task is None:
            return "Disabled"
        return "Completed" if self._task.done() else "InProgress"
