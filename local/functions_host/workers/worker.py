"""What the host asks of a worker, whichever it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from azure.functions.meta import Datum

from local.functions_host.functions import Function


@dataclass(frozen=True)
class RetryContext:
    retry_count: int = 0
    max_retry_count: int = 0
    exception: None = None


@dataclass(frozen=True)
class TraceContext:
    trace_parent: str = ""
    trace_state: str = ""


NO_RETRY = RetryContext()
NO_TRACE = TraceContext()


@dataclass(frozen=True)
class Invocation:
    """What comes with one call of a function besides its inputs."""

    id: str
    metadata: Mapping[str, Datum] = field(default_factory=dict[str, Datum])
    retry: RetryContext = NO_RETRY
    trace: TraceContext = NO_TRACE


class Worker(Protocol):
    def load(self, app: Path) -> list[Function]:
        """Import the app and list its functions, or raise IndexingError."""
        ...

    async def run(
        self, function: Function, inputs: Mapping[str, Datum], invocation: Invocation
    ) -> Datum | None:
        """Decode, run, encode; whatever the handler raises comes out."""
        ...

    async def run_activity(
        self, function: Function, value: Any, clients: Mapping[str, Datum], invocation: Invocation
    ) -> Any:
        """Run it on a value that the durable engine has decoded and whose answer it encodes."""
        ...

    def durable_handler(self, function: Function) -> Callable[[Any], Any]:
        """Give an orchestrator or entity as the durable engine calls it."""
        ...

    def close(self) -> None: ...
