"""The local Functions host: an app's functions, and everything that triggers them."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from local.engines import DEFAULT_ENGINE
from local.functions_host.admin import ADMIN, Admin
from local.functions_host.asgi import (
    LARGEST_BODY,
    BodyTooLarge,
    Disconnected,
    Receive,
    Reply,
    Scope,
    Send,
    encoded_headers,
    folded_headers,
    read_body,
)
from local.functions_host.configuration import (
    load_local_settings,
    read_configuration,
    warn_of_unknown_keys,
)
from local.functions_host.draining import DRAINING, Draining
from local.functions_host.durable import KINDS as DURABLE_KINDS
from local.functions_host.durable import has_durable_functions, make_engine, stop_engine
from local.functions_host.functions import Function
from local.functions_host.http_trigger import HttpTrigger, Request, read_request
from local.functions_host.indexing import build_router
from local.functions_host.invocation import Invoker
from local.functions_host.keys import Keys
from local.functions_host.memory import Memory
from local.functions_host.sources import Services, Source
from local.functions_host.timers import Timers
from local.functions_host.webhooks import RUNTIME, Webhooks
from local.functions_host.workers.choice import make_worker

log = logging.getLogger(__name__)

# Seconds for activities to end: at a stop, and in a drain, which functionTimeout bounds.
ENGINE_GRACE = 5.0
DRAIN_GRACE = 24 * 3600.0


def _blobs(functions: Sequence[Function], services: Services) -> Source:
    from local.functions_host.blobs import Blobs  # the storage SDK takes 0.4 s to import

    return Blobs(functions, services)


SOURCES: Mapping[str, Callable[[Sequence[Function], Services], Source]] = {
    "timerTrigger": Timers,
    "blobTrigger": _blobs,
}
KNOWN_KINDS = {"httpTrigger", *SOURCES, *DURABLE_KINDS}


class Host:
    """Made on the event loop it serves on; an ASGI application between start and stop."""

    def __init__(
        self, app: Path, state: Path, *, durable_port: int = 0, engine: str = DEFAULT_ENGINE
    ) -> None:
        load_local_settings(app)
        self.configuration = read_configuration(app)
        warn_of_unknown_keys(app)
        worker = make_worker(engine)
        self.functions = worker.load(app)
        self._router = build_router(self.functions, self.configuration.route_prefix)
        self._warn()
        state.mkdir(parents=True, exist_ok=True)
        http_functions = [f.name for f in self.functions if f.kind == "httpTrigger"]
        self.keys = Keys(state / "keys.json", http_functions)
        self.invoker = Invoker(worker, self.configuration.function_timeout)
        self.memory = Memory(state / "host.sqlite")
        self._webhooks = Webhooks(self.keys)
        self._services = Services(self.configuration, self.invoker, self.memory, self._webhooks)
        self._sources: dict[str, Source] = {}
        self._http = HttpTrigger(self._router, self.keys, self.invoker, self.configuration)
        self.draining = Draining(self._finish)
        self._admin = Admin(self.functions, self.keys, self._services, self._sources, self.draining)
        self._custom_headers = encoded_headers(self.configuration.custom_headers)
        self._durable_port = durable_port
        self._engine = None
        if has_durable_functions(self.functions):
            self._engine = make_engine(
                self.functions, self.invoker, self.configuration, state / "durable.sqlite"
            )
            self.invoker.client_payload = self._engine.client_payload

    def _warn(self) -> None:
        for first, second in self._router.shadowed():
            log.warning(
                "The route of %s hides that of %s: in Azure, too, the first by name is tried first",
                first.name,
                second.name,
            )
        for function in self.functions:
            if function.kind not in KNOWN_KINDS:
                log.warning("%s never runs here: no source of %s", function.name, function.kind)
            if function.retry and function.kind != "timerTrigger":
                log.warning("@retry on %s does nothing for a %s", function.name, function.kind)

    async def start(self) -> None:
        if self._engine:
            await self._engine.start(self._durable_port)
        for kind, make in SOURCES.items():
            functions = [f for f in self.functions if f.kind == kind]
            if functions:
                self._sources[kind] = make(functions, self._services)
                await self._sources[kind].start()

    async def stop(self, grace: float = 20.0) -> None:
        """Take no more work, let what runs end within the grace, then end the rest."""
        await asyncio.wait([self.draining.begin(grace)], timeout=grace + 2 * ENGINE_GRACE)
        self.invoker.close()
        self.memory.close()

    async def _finish(self, grace: float | None) -> None:
        """Return when nothing runs any more; without a grace, however long that takes."""
        try:
            async with asyncio.timeout(grace):
                await asyncio.gather(
                    self._http.stop(), *(source.stop() for source in self._sources.values())
                )
        except TimeoutError:
            log.warning("%d invocations did not end within %s s", self.invoker.running, grace)
        if self._engine:
            await stop_engine(self._engine, DRAIN_GRACE if grace is None else ENGINE_GRACE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self._answer(scope, receive)
        except Disconnected:
            return
        except BodyTooLarge:
            reply = Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers=[(b"connection", b"close")])
        await reply.with_defaults(self._custom_headers).send(send, scope["method"])

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        headers = folded_headers(scope)
        if int(headers.get("content-length", 0)) > LARGEST_BODY:
            raise BodyTooLarge
        return await self._reply(read_request(scope, headers, await read_body(receive)))

    async def _reply(self, request: Request) -> Reply:
        if request.raw_path.startswith(ADMIN):
            return self._admin.answer(request)
        if self.draining.has_begun:
            return DRAINING
        if request.raw_path.startswith(RUNTIME):
            return self._webhooks.answer(request)
        self._services.activity.note()
        return await self._http.answer(request)
