"""Idempotency-Key: a POST that is sent twice does its work once and answers twice the same."""

from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header, Request, Response

from functions.http.endpoints import Endpoint, asking_also
from shared.identity import idempotency
from shared.identity.idempotency import Claim, KeyedRequest
from shared.identity.idempotency_models import Answer
from shared.platform.actor import Actor
from shared.platform.errors import AppError

REPLAYED = "idempotent-replayed"
KEPT_HEADERS = ("content-type", "location", "etag", "retry-after", "preference-applied")

Key = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A name of your choice for this request: sent again with it, it is not done "
        "twice, and the first answer comes again for a day.",
    ),
]


def never_kept(endpoint: Endpoint) -> Endpoint:
    """For an answer that must not lie anywhere: each request is one of its own, key or no key."""
    endpoint.is_never_kept = True  # type: ignore[attr-defined]
    return endpoint


async def _digest(request: Request) -> bytes:
    """Of all that makes it this request: the answer may differ with the others."""
    told = sha256()
    for part in (
        request.method,
        request.scope["path"],
        request.scope["query_string"].decode(),
        request.headers.get("if-match", ""),
        request.headers.get("content-type", ""),
    ):
        told.update(part.encode() + b"\0")
    told.update(await request.body())
    return told.digest()


async def _asked(request: Request, idempotency_key: Key = None) -> tuple[Request, str | None]:
    return request, idempotency_key


def keyed(endpoint: Endpoint) -> Endpoint:
    """The same route, which looks first whether it has answered this request before.

    It looks when the caller is known and may do this, and the request is in order.
    """
    if hasattr(endpoint, "is_never_kept"):
        return endpoint

    async def once(*, keyed_request: tuple[Request, str | None], **given: Any) -> Any:
        request, key = keyed_request
        actors = {name: each for name, each in given.items() if isinstance(each, Actor)}
        if key is None or not actors:
            return await endpoint(**given)
        ((name, actor),) = actors.items()
        claim = await idempotency.claim_request(KeyedRequest(actor, key, await _digest(request)))
        if isinstance(claim, Answer):
            return _replayed(claim)
        request.state.claim = claim
        return await endpoint(**given | {name: claim.actor})

    return asking_also(endpoint, once, "keyed_request", _asked)


async def release(request: Request, error: Exception) -> None:
    """After a refusal the key is free again; after a failure the same request may try again."""
    claim: Claim | None = getattr(request.state, "claim", None)
    if claim is None:
        return
    if isinstance(error, AppError) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        await idempotency.release_claim(claim)
    else:
        await idempotency.end_lease(claim)


async def keep(request: Request, answer: Response) -> None:
    """Only what has done something is kept."""
    claim: Claim | None = getattr(request.state, "claim", None)
    if claim is None:
        return
    if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - as RFC 9110 has it
        await idempotency.release_claim(claim)
        return
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    body = bytes(answer.body).decode()
    await idempotency.keep_answer(
        claim, Answer(status=answer.status_code, headers=headers, body=body)
    )


def _replayed(kept: Answer) -> Response:
    headers = kept.headers | {REPLAYED: "true"}
    return Response(kept.body, status_code=kept.status, headers=headers)
