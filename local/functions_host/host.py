"""The local Functions host: an app's functions, and everything that triggers them."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from local.functions_host.admin import ADMIN, Admin
from local.functions_host.asgi import (
    LARGEST_BODY,
    BodyTooLarge,
    Disconnected,
    Receive,
    Reply,
    Scope,
    Send,
    folded_headers,
    read_body,
)
from local.functions_host.configuration import load_local_settings, read_configuration
from local.functions_host.durable import KINDS as DURABLE_KINDS
from local.functions_host.durable import has_durable_functions, make_engine, stop_engine
from local.functions_host.functions import Function
from local.functions_host.http_trigger import HttpTrigger, read_request
from local.functions_host.indexing import build_router, load_functions
from local.functions_host.invocation import Invoker
from local.functions_host.keys import Keys
from local.functions_host.memory import Memory
from local.functions_host.sources import Services, Source
from local.functions_host.timers import Timers

log = logging.getLogger(__name__)

ENGINE_GRACE = 5.0


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

    def __init__(self, app: Path, state: Path, *, durable_port: int = 0) -> None:
        load_local_settings(app)
        self.configuration = read_configuration(app)
        self.functions = load_functions(app)
        self._router = build_router(self.functions, self.configuration.route_prefix)
        self._warn()
        state.mkdir(parents=True, exist_ok=True)
        http_functions = [f.name for f in self.functions if f.kind == "httpTrigger"]
        self.keys = Keys(state / "keys.json", http_functions)
        self.invoker = Invoker(self.configuration.function_timeout)
        self.memory = Memory(state / "host.sqlite")
        self._services = Services(self.configuration, self.invoker, self.memory)
        self._sources: dict[str, Source] = {}
        self._http = HttpTrigger(self._router, self.keys, self.invoker, self.configuration)
        self._admin = Admin(self.functions, self.keys, self._services, self._sources)
        self._durable_port = durable_port
        self._engine = None
        if has_durable_functions(self.functions):
            self._engine = make_engine(
                self.functions,
                self.invoker,
                self.configuration.durable_task,
                state / "durable.sqlite",
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
        self._admin.state = "Draining"
        try:
            async with asyncio.timeout(grace):
                await asyncio.gather(
                    self._http.stop(), *(source.stop() for source in self._sources.values())
                )
        except TimeoutError:
            log.warning("%d invocations did not end within %s s", self.invoker.running, grace)
        if self._engine:
            await stop_engine(self._engine, ENGINE_GRACE)
        self.invoker.close()
        self.memory.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self._answer(scope, receive)
        except Disconnected:
            return
        except BodyTooLarge:
            reply = Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers=[(b"connection", b"close")])
        await reply.send(send, scope["method"])

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        if self._admin.state == "Draining":
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE)
        headers = folded_headers(scope)
        if int(headers.get("content-length", 0)) > LARGEST_BODY:
            raise BodyTooLarge
        request = read_request(scope, headers, await read_body(receive))
        if request.raw_path.startswith(ADMIN):
            return self._admin.answer(request)
        self._services.activity.note()
        return await self._http.answer(request)
