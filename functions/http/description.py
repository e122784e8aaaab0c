"""What the API's description says of each operation beyond what FastAPI finds out.

All of it comes from the route: whom it lets in, what it costs, which headers it takes and gives,
and what can go wrong. An answer that a route declares itself keeps its own words.
"""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from functions.http import limits
from functions.http.auth import Allowed, current_actor, proved_person
from functions.http.bodies import JSON, MERGE_PATCH
from functions.http.problems import CHANGE_PROBLEMS, PROBLEM, PROBLEMS, example
from functions.http.samples import sample

Json: TypeAlias = dict[str, Any]

MEMBER = "any member of the firm"
IDENTITY = "any identity of the provider"

SCHEMES: Json = {
    "HTTPBearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the identity provider.",
    },
    "ApiKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "aos_live_…",
        "description": "An API key, sent as a token is. It may do what its scopes name.",
    },
}
PARAMETERS: Json = {
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "A name of yours for the request; the answer and our log carry it.",
        "schema": {"type": "string", "maxLength": 128},
        "example": "0d9a6d1c-7c6b-4b51-9b8e-8e2f0b1c7a55",
    },
    "TraceParent": {
        "name": "traceparent",
        "in": "header",
        "description": "W3C trace context: the request becomes part of your trace.",
        "schema": {"type": "string"},
        "example": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what you have: 304 when it has not changed.",
        "schema": {"type": "string"},
        "example": '"3-9f86d081884c7d65"',
    },
}


def _header(description: str, example: str) -> Json:
    return {"description": description, "schema": {"type": "string"}, "example": example}


HEADERS: Json = {
    "X-Request-Id": _header("Names the request; tell it to us.", "0d9a6d1c-7c6b-4b51-9b8e"),
    "ETag": _header("Names this state of it: send it in If-Match or If-None-Match.", '"3-9f86d0"'),
    "Location": _header("Where it is.", "/api/v1/operations/5b0b6a86-6f0e-5d0f-9d2b-0d5f4f1d6a11"),
    "Retry-After": _header("Seconds after which to ask again.", "2"),
    "RateLimit": _header("What is left of each limit, and when it is whole.", '"user";r=598;t=60'),
    "RateLimit-Policy": _header("The limits this request counts for.", '"user";q=600;w=60'),
    "Idempotent-Replayed": _header("`true` when this is the first answer once more.", "true"),
    "Preference-Applied": _header("Which wish in Prefer was granted.", "respond-async"),
    "WWW-Authenticate": _header("How to say who you are.", "Bearer"),
}
LIMITS = ("RateLimit", "RateLimit-Policy")

CODES: Mapping[int, tuple[str, ...]] = {
    400: ("bad_request", "bad_json"),
    401: ("unauthenticated", "invalid_token", "invalid_api_key", "session_expired",
          "session_revoked"),
    403: ("forbidden", "scope_missing", "not_a_member", "mfa_required", "address_refused",
          "member_suspended", "organization_suspended"),
    404: ("not_found",),
    409: ("idempotency_key_in_use",),
    412: ("stale",),
    413: ("body_too_large",),
    414: ("url_too_long",),
    415: ("unsupported_media_type",),
    422: ("invalid_request", "unknown_parameter", "organization_required"),
    428: ("if_match_required",),
    429: ("rate_limited",),
    431: ("headers_too_large",),
    500: ("internal_error",),
    503: ("database_unavailable", "rate_limit_unavailable"),
}  # fmt: skip
MEANINGS: Mapping[int, str] = {
    400: "It is not HTTP, or not JSON, as we can read it",
    401: "Nobody is known by what was sent in Authorization",
    403: "Whoever asks is known, and may not do this",
    404: "It is not there, or it is another firm's: the two look the same",
    409: "The first request with this Idempotency-Key has not ended",
    412: "Somebody changed it since; get it again",
    413: "The body is larger than we read",
    414: "The URL is longer than we read",
    415: "The body is not JSON, or does not say that it is",
    422: "Something in the request is wrong; `errors` points at it",
    428: "If-Match is missing",
    429: "Too many requests",
    431: "The headers are larger than we read",
    500: "Something went wrong on our side",
    503: "Something we need is away; try again in a moment",
}
OWN = {402: "plan_limit_reached", 404: "not_found", 410: "invitation_not_valid", 412: "stale"}
"""The usual code where an operation has words of its own for a status."""
GENERAL = {
    answer["description"]
    for status, answer in (PROBLEMS | CHANGE_PROBLEMS).items()
    if status != HTTPStatus.CONFLICT
}
"""What a whole area, or whatever has an ETag, says of its errors; here they are said better."""


def complete(route: APIRoute, method: str, operation: Json, schemas: Json) -> None:
    """Say of one operation all that its route tells."""
    needs = _needs(route)
    if needs:
        operation.setdefault("x-permission", needs)
        operation["security"] = [{"HTTPBearer": []}] + (
            [] if needs == IDENTITY else [{"ApiKey": []}]
        )
    operation["description"] = "\n\n".join(_told(route, method, operation))
    _describe_parameters(route, method, operation)
    if needs:
        _describe_errors(operation)
    _describe_answers(method, operation, has_limits=bool(needs))
    _give_examples(operation, schemas)
    if method == "patch":
        content = operation["requestBody"]["content"]
        content[MERGE_PATCH] = content[JSON]


def operation_id(route: APIRoute) -> str:
    """The area and what is done there: ``clients_list_clients``."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"


def _needs(route: APIRoute) -> str | None:
    asked = {each.call for each in _dependencies(route.dependant)}
    for call in asked:
        if isinstance(call, Allowed):
            return call.permission.value
    if current_actor in asked:
        return MEMBER
    return IDENTITY if proved_person in asked else None


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for each in dependant.dependencies:
        yield each
        yield from _dependencies(each)


def _told(route: APIRoute, method: str, operation: Json) -> Iterator[str]:
    own = operation.get("description") or f"{operation['summary']}."
    yield own
    needs = operation.get("x-permission")
    if needs is None:
        return
    permission = f"`{needs}`" if ":" in needs and " " not in needs else needs
    default = limits.READ if method.upper() in limits.READS else limits.WRITE
    cost = (route.openapi_extra or {}).get(limits.COST, default)
    yield f"Needs: {permission}. Costs {cost} of the rate limits; of the address's, 1."


def _describe_parameters(route: APIRoute, method: str, operation: Json) -> None:
    parameters: list[Json] = operation.setdefault("parameters", [])
    for each in parameters:
        each.setdefault("description", _of_parameter(each["name"]))
        if each["name"] == "if-match":
            each["required"] = True
    given = {each["name"] for each in parameters}
    names = ["RequestId", "TraceParent"]
    if method == "get" and "if-none-match" not in given and _tagged(operation):
        names.append("IfNoneMatch")
    if not route.path.startswith("/api/v1"):
        return
    parameters.extend({"$ref": f"#/components/parameters/{name}"} for name in names)


def _of_parameter(name: str) -> str:
    thing = name.removesuffix("_id").replace("_", " ")
    return f"Which {thing}, by its id." if name.endswith("_id") else f"Which {thing}."


def _tagged(operation: Json) -> bool:
    return JSON in operation["responses"].get("200", {}).get("content", {})


def _describe_errors(operation: Json) -> None:
    """The usual errors by reference; of others, and of 403, each operation has its own words."""
    responses: Json = operation["responses"]
    usual = _usual_errors(operation)
    said = {status: answer["description"] for status, answer in responses.items()}
    for status in [status for status in responses if status >= "400"]:
        if said[status] in GENERAL and int(status) not in usual:
            del responses[status]  # said of the whole area, and not of this route
    for status in usual:
        if said.get(str(status), MEANINGS[status]) in GENERAL | {MEANINGS[status]}:
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    needs = operation["x-permission"]
    if HTTPStatus.FORBIDDEN in usual and " " not in needs:
        why = f"{MEANINGS[403]}: `forbidden` without `{needs}`, {_named(CODES[403][1:])}"
        responses["403"] = _problem(403, why, "forbidden")
    for status, answer in responses.items():
        if status >= "400" and "$ref" not in answer:
            why = answer["description"]
            responses[status] = _problem(int(status), why, OWN.get(int(status), "conflict"))
    operation["responses"] = dict(sorted(responses.items()))


def _usual_errors(operation: Json) -> set[int]:
    taken = {each.get("name") for each in operation["parameters"]}
    usual = {401, 414, 422, 429, 431, 500, 503}
    if operation["x-permission"] != IDENTITY:
        usual.add(403)
    if "idempotency-key" in taken:
        usual.add(409)
    if "if-match" in taken:
        usual |= {412, 428}
    if "requestBody" in operation:
        usual |= {400, 413, 415}
    if any(each.get("in") == "path" for each in operation["parameters"]):
        usual.add(404)
    return usual


def problems() -> Json:
    """The errors that many operations have in common, for the components of the description."""
    return {
        f"Problem{status}": _problem(status, f"{why}: {_named(CODES[status])}", CODES[status][0])
        for status, why in MEANINGS.items()
    }


def _problem(status: int, why: str, code: str) -> Json:
    told = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "example": example(status, code, why.partition(": ")[0]),
    }
    headers = ["X-Request-Id"]
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append("WWW-Authenticate")
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers.append("Retry-After")
    return {"description": why, "headers": _refer(*headers), "content": {PROBLEM: told}}


def _named(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _describe_answers(method: str, operation: Json, *, has_limits: bool) -> None:
    responses = operation["responses"]
    is_tagged = has_limits and _tagged(operation)
    takes_key = any(each.get("name") == "idempotency-key" for each in operation["parameters"])
    if method == "get" and is_tagged:
        responses.setdefault("304", {"description": "What you have has not changed"})
    operation["responses"] = dict(sorted(responses.items()))
    for status, answer in responses.items():
        if status < "400":
            names = _headers(status, answer, has_limits=has_limits)
            if takes_key:
                names.append("Idempotent-Replayed")
            answer.setdefault("headers", {}).update(_refer(*names))


def _headers(status: str, answer: Json, *, has_limits: bool) -> list[str]:
    names = ["X-Request-Id", *(LIMITS if has_limits else ())]
    if status == "304" or (status in ("200", "201") and JSON in answer.get("content", {})):
        names += ["ETag"] if has_limits else []
    if status in ("202", "303"):
        names.append("Location")
    if status == "202":
        names += ["Retry-After", "Preference-Applied"]
    return names


def _refer(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _give_examples(operation: Json, schemas: Json) -> None:
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        media = body.get("content", {}).get(JSON)
        if media and media.get("schema") and "example" not in media and "examples" not in media:
            media["example"] = sample(media["schema"], schemas)
