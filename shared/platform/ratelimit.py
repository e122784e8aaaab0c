"""How much a caller may ask: moving windows, shared by all processes through Redis.

The windows are those of `limits`, as it keeps them: a list of times, newest first. It would charge
them one by one, by each process's own clock; the script charges all windows of a request in one
round trip by the server's clock, or none of them, so that a caller who is refused does not eat up
what colleagues share. Without REDIS_URL each process counts for itself, in memory.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from shared.platform import cache as redis
from shared.platform.actor import Actor
from shared.platform.errors import AppError, VendorUnavailable
from shared.platform.settings import settings

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import MovingWindowRateLimiter

SKIP_AFTER_FAILURE = 5.0  # seconds in which nobody waits for a server that did not answer
TELL_EVERY = 60.0

log = logging.getLogger(__name__)

# KEYS: windows. ARGV: of each its amount, its seconds and the cost. Answers with the number of the
# window that refuses (0: none), the milliseconds until it would not, and for each window what
# remains and the seconds until its oldest entry is let go of.
CHARGE = """
local at = redis.call('TIME')
local now = at[1] + at[2] / 1000000

local function terms(i)
    local amount, seconds, cost = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
    return tonumber(amount), now - seconds, math.min(cost, amount)
end

local function forget_before(start, key)
    local oldest = redis.call('LINDEX', key, -1)
    if not oldest or tonumber(oldest) >= start then
        return
    end
    local low, high = 0, redis.call('LLEN', key)
    while low < high do
        local middle = math.floor((low + high) / 2)
        if tonumber(redis.call('LINDEX', key, middle)) >= start then
            low = middle + 1
        else
            high = middle
        end
    end
    if low == 0 then
        redis.call('DEL', key)
    else
        redis.call('LTRIM', key, 0, low - 1)
    end
end

local refusing, wait = 0, 0
for i, key in ipairs(KEYS) do
    local amount, start, cost = terms(i)
    local entry = tonumber(redis.call('LINDEX', key, amount - cost) or -1)
    if entry >= start and entry - start >= wait then
        refusing, wait = i, entry - start
    end
end

local answer = {refusing, math.ceil(wait * 1000)}
for i, key in ipairs(KEYS) do
    local amount, start, cost = terms(i)
    forget_before(start, key)
    if refusing == 0 then
        for _ = 1, cost do
            redis.call('LPUSH', key, string.format('%.6f', now))
        end
        redis.call('LTRIM', key, 0, amount - 1)
        redis.call('EXPIRE', key, math.ceil(now - start))
    end
    local oldest = redis.call('LINDEX', key, -1) or now
    answer[2 * i + 1] = amount - redis.call('LLEN', key)
    answer[2 * i + 2] = math.ceil(oldest - start)
end
return answer
"""


class RateLimited(AppError):
    """There were too many requests of this user, firm, key or address."""

    status = 429
    code = "rate_limited"
    remedy = "Wait as many seconds as Retry-After says, then send it again"
    retryable = True

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"retry-after": str(self.retry_after)}


class RateLimitUnavailable(VendorUnavailable):
    """Where somebody might guess secrets, what cannot be counted is not answered."""

    code = "rate_limit_unavailable"
    remedy = "Send the request again in a few seconds"

    @property
    def headers(self) -> dict[str, str]:
        return {"retry-after": str(math.ceil(SKIP_AFTER_FAILURE))}


@dataclass(frozen=True, slots=True)
class Window:
    """One limit, whose, and how much of it is asked for."""

    name: str
    key: str
    limit: RateLimitItem
    cost: int


@dataclass(frozen=True, slots=True)
class Count:
    """Where a window stands; ``reset`` is in seconds."""

    window: Window
    remaining: int
    reset: int


@dataclass(frozen=True, slots=True)
class Charge:
    counts: list[Count]
    refusing: Window | None
    retry_after: int

    def require_room(self) -> None:
        if self.refusing:
            name = self.refusing.name.replace("_", " ")
            raise RateLimited(
                f"More than the {self.refusing.limit} that this {name} may ask for",
                self.retry_after,
            )


def window_of_address(address: str | None, cost: int, actor: Actor | None = None) -> Window:
    """Who has an IPv6 network has 2^64 addresses of it: the network is the caller.

    For a firm's people an address has a window among the firm's own, on the same shard; whatever
    strangers do from it does not count there.
    """
    parts = ("rate", "address", _network(address))
    name = redis.key(actor, *parts) if actor else ":".join(parts)
    return Window("address", name, _parsed(settings().rate_limit_ip), cost)


def windows_of(actor: Actor, cost: int) -> list[Window]:
    config = settings()
    firm = str(actor.organization_id)
    found = [("organization", firm, config.rate_limit_organization)]
    if actor.user_id:
        found.append(("user", str(actor.user_id), config.rate_limit_user))
    if actor.api_key_id:
        found.append(("api_key", str(actor.api_key_id), config.rate_limit_api_key))
    return [
        Window(name, redis.key(actor, "rate", name, id_), _parsed(rate), cost)
        for name, id_, rate in found
    ]


async def charge(windows: Sequence[Window]) -> Charge | None:
    """All windows or, when one of them has no room, none. None: it could not be counted."""
    if not redis.is_configured():
        return await _charge_memory(windows)
    if not _circuit.is_closed():
        return None
    try:
        with redis.translated():
            charged = await _charge_redis(windows)
    except redis.CacheUnavailable as error:
        _circuit.open(error)
        return None
    _circuit.close()
    return charged


class _Circuit:
    """After a failure nobody asks for a while: a slow server must not slow every request."""

    def __init__(self) -> None:
        self._open_until = float("-inf")
        self._told_at = float("-inf")

    def is_closed(self) -> bool:
        return time.monotonic() >= self._open_until

    def open(self, error: redis.CacheUnavailable) -> None:
        now = time.monotonic()
        self._open_until = now + SKIP_AFTER_FAILURE
        if now - self._told_at >= TELL_EVERY:
            self._told_at = now
            log.warning("requests are not counted: %s (%s)", error, type(error.__cause__).__name__)

    def close(self) -> None:
        self._open_until = float("-inf")

    def forget(self) -> None:
        self._told_at = self._open_until = float("-inf")


_circuit = _Circuit()


def try_again() -> None:
    """Ask Redis at the next request, whatever has happened."""
    _circuit.forget()


async def _charge_redis(windows: Sequence[Window]) -> Charge:
    numbers = [each for window in windows for each in _numbers(window)]
    script = redis.client().register_script(CHARGE)  # sent by its hash to a server that knows it
    keys = [window.key for window in windows]
    told: Any = await script(keys=keys, args=numbers)
    refusing, wait, *counted = map(int, told)
    return Charge(
        counts=[
            Count(window, max(0, remaining), reset)
            for window, remaining, reset in zip(windows, counted[::2], counted[1::2], strict=True)
        ],
        refusing=windows[refusing - 1] if refusing else None,
        retry_after=max(1, math.ceil(wait / 1000)),
    )


async def _charge_memory(windows: Sequence[Window]) -> Charge:
    limiter = _memory()
    costs = [min(window.cost, window.limit.amount) for window in windows]
    refusing = None
    for window, each in zip(windows, costs, strict=True):
        if not await limiter.test(window.limit, window.key, cost=each):
            refusing = window
    if refusing is None:
        for window, each in zip(windows, costs, strict=True):
            await limiter.hit(window.limit, window.key, cost=each)
    counts: list[Count] = []
    for window in windows:
        reset, remaining = await limiter.get_window_stats(window.limit, window.key)
        counts.append(Count(window, max(0, remaining), max(0, math.ceil(reset - time.time()))))
    waits = [count.reset for count in counts if count.window is refusing]
    return Charge(counts, refusing, max([1, *waits]))


@cache
def _memory() -> MovingWindowRateLimiter:
    from limits.aio.storage import MemoryStorage
    from limits.aio.strategies import MovingWindowRateLimiter

    return MovingWindowRateLimiter(MemoryStorage())


@cache
def _parsed(rate: str) -> RateLimitItem:
    import limits

    return limits.parse(rate)


def _numbers(window: Window) -> tuple[int, int, int]:
    return window.limit.amount, window.limit.get_expiry(), window.cost


def _network(address: str | None) -> str:
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or ip_network((found, 64), strict=False).network_address
    return str(found)
