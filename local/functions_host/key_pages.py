"""Listing, making, changing and removing access keys, as Azure's host offers it.

host/keys, host/functionkeys     keys that open every function
host/systemkeys                  keys of webhooks; ``_master`` here is the master key
functions/{name}/keys            keys of one function
"""

import json
from http import HTTPStatus

from local.functions_host.asgi import Reply, json_reply
from local.functions_host.http_trigger import NOT_FOUND, Request
from local.functions_host.keys import DEFAULT, Keys, new_key

MASTER = "_master"
BAD_REQUEST = Reply(HTTPStatus.BAD_REQUEST)


class KeyPages:
    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def answer(self, request: Request, scope: str, name: str = "") -> Reply:
        kept = self._keys.scope("functionkeys" if scope == "keys" else scope)
        if kept is None:
            return NOT_FOUND
        if name == MASTER:
            return self._master(request)
        if not name and request.method == "GET":
            return json_reply(HTTPStatus.OK, {"keys": [_shown(*each) for each in kept.items()]})
        return self._one(request, kept, name) if name else NOT_FOUND

    def _one(self, request: Request, kept: dict[str, str], name: str) -> Reply:
        if request.method in ("POST", "PUT"):
            return self._put(request, kept, name)
        if name not in kept:
            return NOT_FOUND
        if request.method == "GET":
            return json_reply(HTTPStatus.OK, _shown(name, kept[name]))
        return self._delete(kept, name) if request.method == "DELETE" else NOT_FOUND

    def _delete(self, kept: dict[str, str], name: str) -> Reply:
        if name == DEFAULT:  # the host counts on it
            return BAD_REQUEST
        self._keys.delete(kept, name)
        return Reply(HTTPStatus.NO_CONTENT)

    def _put(self, request: Request, kept: dict[str, str], name: str) -> Reply:
        value = _wanted_value(request)
        if not value:
            return BAD_REQUEST
        status = HTTPStatus.OK if name in kept else HTTPStatus.CREATED
        self._keys.put(kept, name, value)
        return json_reply(status, _shown(name, value))

    def _master(self, request: Request) -> Reply:
        if request.method in ("POST", "PUT"):
            value = _wanted_value(request)
            if not value:
                return BAD_REQUEST
            self._keys.put_master(value)
        elif request.method != "GET":
            return BAD_REQUEST
        return json_reply(HTTPStatus.OK, _shown(MASTER, self._keys.master))


def _wanted_value(request: Request) -> str | None:
    """A new random key for POST; for PUT the body's ``{"value": …}``, None where it has none."""
    if request.method == "POST":
        return new_key()
    try:
        value = json.loads(request.body).get("value")
    except (ValueError, AttributeError):
        return None
    return value if isinstance(value, str) else None


def _shown(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}
