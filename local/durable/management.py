"""The management API of the Durable extension, as far as the SDK's client and HTTP callers use it.

It listens on the loopback only and answers nobody who does not know the key of this start.
"""

import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from local.durable.entities import Entities, entity_id_of
from local.durable.instances import AlreadyExists, Instances, UnknownFunction
from local.durable.links import RPC_ROOT, WEBHOOK_ROOT, Links
from local.durable.records import Instance, Status
from local.durable.store import Store

HOST = "127.0.0.1"
_LARGEST_BODY = 64 << 20

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Management:
    def __init__(self, store: Store, instances: Instances, entities: Entities) -> None:
        self._store = store
        self._instances = instances
        self._entities = entities
        self._key = secrets.token_urlsafe(32)
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[self._admit])
        for root in (f"{RPC_ROOT}/{{key}}", WEBHOOK_ROOT):
            app.add_routes(self._routes(root))
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self, port: int) -> Links:
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        _, bound = self._runner.addresses[0][:2]
        return Links(f"http://{HOST}:{bound}", self._key)

    async def stop(self) -> None:
        await self._runner.cleanup()

    def _routes(self, root: str) -> list[web.RouteDef]:
        instance = f"{root}/instances/{{id}}"
        entity = f"{root}/entities/{{name}}/{{entity_key}}"
        return [
            web.post(f"{root}/orchestrators/{{name}}", self._start_new),
            web.post(f"{root}/orchestrators/{{name}}/{{id}}", self._start_new),
            web.get(f"{root}/instances/", self._list),
            web.delete(f"{root}/instances/", self._purge_many),
            web.get(instance, self._status),
            web.delete(instance, self._purge),
            web.post(f"{instance}/raiseEvent/{{event}}", self._raise_event),
            web.post(f"{instance}/{{operation:terminate|suspend|resume}}", self._control),
            web.post(f"{instance}/restart", self._restart),
            web.post(f"{instance}/rewind", self._rewind),
            web.get(entity, self._entity),
            web.post(entity, self._signal),
        ]

    @web.middleware
    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.match_info.get("key") or request.query.get("code", "")
        if not secrets.compare_digest(given.encode(), self._key.encode()):
            return _reply(status=401)
        return await handler(request)

    async def _start_new(self, request: web.Request) -> web.Response:
        try:
            instance_id = self._instances.start(
                request.match_info["name"],
                _unwrapped(await request.text()),
                instance_id=request.match_info.get("id"),
                version=request.query.get("version", ""),
            )
        except (UnknownFunction, ValueError) as error:
            return _refusal(400, str(error))
        except AlreadyExists as error:
            return _refusal(500, str(error))
        links = Links(str(request.url.origin()), self._key).of_instance(instance_id)
        return _reply(links, 202, Location=links["statusQueryGetUri"])

    async def _list(self, request: web.Request) -> web.Response:
        try:
            found = self._find(request.query)
        except ValueError as error:
            return _refusal(400, str(error))
        shows_input = _is_true(request.query, "showInput")
        return _reply([_describe(instance, shows_input=shows_input) for instance in found])

    async def _status(self, request: web.Request) -> web.Response:
        instance = self._store.find_instance(request.match_info["id"])
        if instance is None:
            return _reply(status=404)
        query = request.query
        body = _describe(instance, shows_input=_is_true(query, "showInput", default="true"))
        if _is_true(query, "showHistory"):
            with_results = _is_true(query, "showHistoryOutput")
            body["historyEvents"] = self._history(instance, with_results=with_results)
        if not instance.has_ended:
            return _reply(body, 202, Location=str(request.url), **{"Retry-After": "5"})
        is_error = instance.status == Status.FAILED and _is_true(
            query, "returnInternalServerErrorOnFailure"
        )
        return _reply(body, 500 if is_error else 200)

    async def _purge(self, request: web.Request) -> web.Response:
        instance = self._store.find_instance(request.match_info["id"])
        return self._delete([instance] if instance else [])

    async def _purge_many(self, request: web.Request) -> web.Response:
        if "createdTimeFrom" not in request.query:
            return _refusal(400, "Please provide value for 'createdTimeFrom' parameter.")
        try:
            return self._delete(self._find(request.query))
        except ValueError as error:
            return _refusal(400, str(error))

    async def _raise_event(self, request: web.Request) -> web.Response:
        instance = self._store.find_instance(request.match_info["id"])
        if instance is None or instance.has_ended:
            return _gone(instance)
        raw = await _json_text(request)
        if raw is None:
            return _refusal(400, "Only application/json request content is supported")
        self._instances.raise_event(instance.id, request.match_info["event"], raw)
        return _reply(status=202)

    async def _control(self, request: web.Request) -> web.Response:
        instance = self._store.find_instance(request.match_info["id"])
        if instance is None or instance.has_ended:
            return _gone(instance)
        match request.match_info["operation"]:
            case "terminate":
                self._instances.terminate(instance, request.query.get("reason"))
            case "suspend":
                self._instances.suspend(instance)
            case _:
                self._instances.resume(instance)
        return _reply(status=202)

    async def _restart(self, request: web.Request) -> web.Response:
        instance = self._store.find_instance(request.match_info["id"])
        if instance is None:
            return _reply(status=404)
        with_new_id = _is_true(request.query, "restartWithNewInstanceId", default="true")
        try:
            return _reply(self._instances.restart(instance, with_new_id=with_new_id), 202)
        except (UnknownFunction, AlreadyExists) as error:
            return _refusal(400, str(error))

    async def _rewind(self, _: web.Request) -> web.Response:
        return _refusal(501, "The local engine cannot rewind: restart the instance instead.")

    async def _entity(self, request: web.Request) -> web.Response:
        state = self._entities.state(_entity_id(request))
        return _reply(status=404) if state is None else _reply(json.loads(state))

    async def _signal(self, request: web.Request) -> web.Response:
        raw = await _json_text(request) if request.can_read_body else "null"
        if raw is None:
            return _refusal(400, "Only application/json request content is supported")
        self._entities.signal(_entity_id(request), request.query.get("op", ""), raw)
        return _reply(status=202)

    def _find(self, query: Mapping[str, str]) -> list[Instance]:
        since = _moment(query.get("createdTimeFrom"), default=0.0)
        until = _moment(query.get("createdTimeTo"), default=time.time() + 1)
        prefix = query.get("instanceIdPrefix", "")
        wanted = query.get("runtimeStatus", "")
        found = self._store.list_instances(since=since, until=until, prefix=prefix)
        return [i for i in found if not wanted or i.status in wanted.split(",")]

    def _delete(self, instances: list[Instance]) -> web.Response:
        deleted = self._instances.purge(instances)
        return _reply({"instancesDeleted": deleted}) if deleted else _reply(status=404)

    def _history(self, instance: Instance, *, with_results: bool) -> list[dict[str, Any]]:
        events = [json.loads(event) for event in self._store.history(instance.id)]
        hidden: set[str] = set() if with_results else {"Result"}
        return [{k: v for k, v in event.items() if k not in hidden} for event in events]


def _describe(instance: Instance, *, shows_input: bool) -> dict[str, Any]:
    custom_status, output = instance.custom_status, instance.output
    return {
        "name": instance.name,
        "instanceId": instance.id,
        "runtimeStatus": instance.status,
        "customStatus": json.loads(custom_status) if custom_status else None,
        "input": instance.input if shows_input else None,
        "output": json.loads(output) if output else None,
        "createdTime": _to_the_second(instance.created_at),
        "lastUpdatedTime": _to_the_second(instance.updated_at),
    }


def _unwrapped(body: str) -> str | None:
    """Take JSON text out of the JSON string in which the SDK's client sends it."""
    value = json.loads(body) if body else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


async def _json_text(request: web.Request) -> str | None:
    """Read the body as it came, for functions decode it; None if they could not."""
    text = await request.text()
    try:
        json.loads(text)
    except ValueError:
        return None
    return text if request.content_type == "application/json" else None


def _entity_id(request: web.Request) -> str:
    return entity_id_of(request.match_info["name"], request.match_info["entity_key"])


def _gone(instance: Instance | None) -> web.Response:
    return _reply(status=404 if instance is None else 410)


def _is_true(query: Mapping[str, str], name: str, default: str = "false") -> bool:
    return query.get(name, default).lower() == "true"


def _moment(text: str | None, *, default: float) -> float:
    return datetime.fromisoformat(text).timestamp() if text else default


def _to_the_second(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _reply(body: Any = None, status: int = 200, **headers: str) -> web.Response:
    return web.Response(
        status=status,
        headers=headers,
        content_type="application/json",
        body=b"" if body is None else json.dumps(body).encode(),
    )


def _refusal(status: int, text: str) -> web.Response:
    return _reply({"Message": text, "ExceptionMessage": text}, status)
