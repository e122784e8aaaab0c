"""Who is charged for a request, what it costs, and what the answer says of it.

The address is charged before anything else, and with it, in one round trip, the user, the firm and
the API key of a credential that was let in lately; those of another once they are known. While
Redis is away most requests go on uncounted; those in which somebody could guess a secret do not
(``require_counting``).
"""

from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.datastructures import Headers

from shared.identity import callers
from shared.platform import ratelimit
from shared.platform.actor import Actor
from shared.platform.ratelimit import Charge, Count, RateLimitUnavailable

COST = "x-cost"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
READ, WRITE = 1, 2


async def charge_caller(scope: MutableMapping[str, Any]) -> None:
    """Whoever it will be. What its route costs beyond the least, ``charge_actor`` adds."""
    address = scope["client"][0] if scope.get("client") else None
    actor = _remembered(scope, address)
    windows = [ratelimit.window_of_address(address, READ, actor)]
    if actor:
        scope["state"]["paid"] = _least(scope["method"])
        windows += ratelimit.windows_of(actor, scope["state"]["paid"])
    _keep(scope["state"], await ratelimit.charge(windows))


async def charge_actor(request: Request, actor: Actor) -> None:
    """Once, as soon as it is known who asks, and for what."""
    state = request.scope["state"]
    state["actor"] = actor
    owed = _cost(request) - state.get("paid", 0)
    if owed > 0:
        _keep(state, await ratelimit.charge(ratelimit.windows_of(actor, owed)))


def require_counting(request: Request) -> None:
    """For whoever checks a secret that could be guessed: without a count there is no answer."""
    if request.scope["state"].get("uncounted"):
        raise RateLimitUnavailable("Requests cannot be counted at the moment")


def headers(state: Mapping[str, Any]) -> dict[str, str]:
    """As draft-ietf-httpapi-ratelimit-headers-10 has them."""
    counts: Mapping[str, Count] = state.get("counts", {})
    if not counts:
        return {}
    policies = [
        f'"{count.window.name}";q={count.window.limit.amount};w={count.window.limit.get_expiry()}'
        for count in counts.values()
    ]
    left = [f'"{name}";r={count.remaining};t={count.reset}' for name, count in counts.items()]
    return {"ratelimit-policy": ", ".join(policies), "ratelimit": ", ".join(left)}


def _keep(state: MutableMapping[str, Any], charge: Charge | None) -> None:
    if charge is None:
        state["uncounted"] = True
        return
    state["counts"] = state.get("counts", {}) | {each.window.name: each for each in charge.counts}
    charge.require_room()


def _cost(request: Request) -> int:
    extra: Mapping[str, Any] = getattr(request.scope.get("route"), "openapi_extra", None) or {}
    return int(extra.get(COST, _least(request.method)))


def _least(method: str) -> int:
    return READ if method in READS else WRITE


def _remembered(scope: MutableMapping[str, Any], address: str | None) -> Actor | None:
    headers = Headers(scope=scope)
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    firm = headers.get("x-organization")
    try:
        return callers.remembered(credential, UUID(firm) if firm else None, address)
    except ValueError:  # of no firm: it will be told so
        return None
