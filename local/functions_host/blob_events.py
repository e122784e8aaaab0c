"""The webhook that Event Grid calls, /runtime/webhooks/blobs?functionName=Host.Functions.NAME.

Azure's extension puts every event it is sent into its queue and leaves filtering to the event
subscription. Here an event of another type or another path is dropped with a warning, since it
would be a subscription with a mistake in it.
"""

import json
import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from local.functions_host.asgi import Reply, json_reply
from local.functions_host.blob_delivery import BlobFunction
from local.functions_host.blob_queue import BlobQueue
from local.functions_host.http_trigger import Request

log = logging.getLogger(__name__)

EVENT_TYPE = "aeg-event-type"
BLOB_CREATED = "Microsoft.Storage.BlobCreated"
FUNCTION_PREFIX = "Host.Functions."
ORIGIN = b"eventgrid.azure.net"
SUBJECT = re.compile(r"/blobServices/default/containers/(?P<container>[^/]+)/blobs/(?P<name>.+)")

ACCEPTED = Reply(HTTPStatus.ACCEPTED)


class BlobEvents:
    def __init__(self, functions: Mapping[str, BlobFunction], queue: BlobQueue) -> None:
        self._functions = {
            f"{FUNCTION_PREFIX}{name}".casefold(): f for name, f in functions.items()
        }
        self._queue = queue

    def answer(self, request: Request) -> Reply:
        name = request.parameters.get("functionName", "")
        function = self._functions.get(name.casefold())
        if function is None:
            return _refusal(HTTPStatus.NOT_FOUND, f"There is no blob function {name!r}.")
        if request.method == "OPTIONS":  # the handshake of CloudEvents
            return Reply(headers=[(b"webhook-allowed-origin", ORIGIN)])
        try:
            return self._answer(function, request)
        except (ValueError, KeyError, IndexError, TypeError):
            return _refusal(HTTPStatus.BAD_REQUEST, "This is no request of Event Grid's.")

    def _answer(self, function: BlobFunction, request: Request) -> Reply:
        match request.headers.get(EVENT_TYPE, "").casefold():
            case "subscriptionvalidation":
                code = _data(_read(request.body)[0])["validationCode"]
                return json_reply(HTTPStatus.OK, {"validationResponse": code})
            case "notification":
                return self._take(function, [_located(event) for event in _read(request.body)])
            case "unsubscribe":
                return ACCEPTED
            case kind:
                raise ValueError(kind)

    def _take(self, function: BlobFunction, events: list[tuple[str, str, str]]) -> Reply:
        """All of them are on disk when Event Grid is told so; a repeated one is there twice."""
        for kind, container, name in events:
            if kind == BLOB_CREATED and function.takes(container, name):
                self._queue.post(function.name, function.whole_name(name))
            else:
                log.warning(
                    "event=%s blob=%s/%s is not for %s: the subscription should have filtered it",
                    *(kind, container, name, function.name),
                )
        return ACCEPTED


def _read(body: bytes) -> list[dict[str, Any]]:
    """Event Grid's schema comes as an array; CloudEvents 1.0 as one object or an array."""
    events = json.loads(body)
    return events if isinstance(events, list) else [events]


def _data(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event["data"]
    return json.loads(data) if isinstance(data, str) else data  # CloudEvents encodes it twice


def _located(event: Mapping[str, Any]) -> tuple[str, str, str]:
    """The event's type, and the container and name of its blob."""
    found = SUBJECT.fullmatch(event["subject"])
    if found is None:
        raise ValueError("the subject is not that of a blob")
    kind = event["type"] if "specversion" in event else event["eventType"]
    return str(kind), found["container"], found["name"]


def _refusal(status: int, why: str) -> Reply:
    return Reply(status, why.encode(), [(b"content-type", b"text/plain; charset=utf-8")])
