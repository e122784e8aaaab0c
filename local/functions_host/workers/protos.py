"""The messages between Azure's host and its Python worker, as plain records.

Microsoft's runtime is handed the module of its protobuf messages by whoever embeds it and
only builds objects of it and reads attributes, so this module can be given to it instead.
"""

import sys
from collections.abc import Mapping
from email.utils import formatdate
from enum import Enum
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

from azure.functions.meta import Datum

from local.functions_host.bindings import text

_SAME_SITES = {"Lax": "Lax", "Strict": "Strict", "ExplicitNone": "None"}

WorkerInitResponse = WorkerMetadata = SimpleNamespace
FunctionMetadataResponse = RpcFunctionMetadata = RpcRetryOptions = SimpleNamespace
FunctionLoadResponse = InvocationResponse = RpcHttp = SimpleNamespace
NullableString = NullableBool = NullableDouble = NullableTimestamp = Timestamp = SimpleNamespace


class StatusResult(SimpleNamespace):
    Failure = 0
    Success = 1


class BindingInfo(SimpleNamespace):
    undefined = 0
    out = 1
    inout = 2


class RpcHttpCookie(SimpleNamespace):
    SameSite = Enum("SameSite", ["None", "Lax", "Strict", "ExplicitNone"])


class RpcException(SimpleNamespace):
    """It carries the exception itself, too: the host logs and raises what the handler raised."""

    def __init__(self, message: str, stack_trace: str) -> None:
        super().__init__(message=message, stack_trace=stack_trace, error=sys.exception())


class TypedData(SimpleNamespace):
    """A value under the name of its kind, or nothing at all."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        return next(iter(vars(self)), None)


class ParameterBinding(SimpleNamespace):
    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - protobuf's name
        return "data"


def typed_data(datum: Datum) -> TypedData:
    if datum.type is None:
        return TypedData()
    if datum.type != "http":
        return TypedData(**{datum.type: datum.value})
    parts: Mapping[str, Any] = datum.value
    return TypedData(
        http=RpcHttp(
            method=parts["method"].value,
            url=parts["url"].value,
            body=typed_data(parts["body"]),
            **{name: _values(parts[name]) for name in ("headers", "params", "query")},
        )
    )


def _values(texts: Mapping[str, Datum]) -> dict[str, Any]:
    return {name: datum.value for name, datum in texts.items()}


def datum(data: TypedData | None) -> Datum | None:
    if data is None:
        return None
    ((kind, value),) = vars(data).items()
    return _http_answer(value) if kind == "http" else Datum(value, kind)


def _http_answer(answer: RpcHttp) -> Datum:
    parts = {
        "status_code": text(answer.status_code),
        "headers": {name: text(value) for name, value in answer.headers.items()},
        "body": datum(answer.body) or Datum(b"", "bytes"),
        "cookies": [_cookie(each) for each in answer.cookies or []],
    }
    return Datum(parts, "http")


def _cookie(sent: RpcHttpCookie) -> SimpleCookie:
    jar = SimpleCookie({sent.name: sent.value})
    attributes = {
        "domain": sent.domain.value,
        "path": sent.path.value,
        "expires": sent.expires and formatdate(sent.expires.value.seconds, usegmt=True),
        "max-age": sent.max_age and str(int(sent.max_age.value)),
        "secure": sent.secure.value,
        "httponly": sent.http_only.value,
        "samesite": _SAME_SITES.get(sent.same_site.name),
    }
    jar[sent.name].update({name: value for name, value in attributes.items() if value})
    return jar
