"""W3C trace context: which chain of calls across systems a piece of work belongs to."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

MOST_STATE = 512  # characters; what the specification asks everybody to carry at least

_PARENT = re.compile(r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-"
                     r"(?P<flags>[0-9a-f]{2})(?P<more>-.*)?")  # fmt: skip
_MEMBER = re.compile(r"[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}")


@dataclass(frozen=True, slots=True)
class Trace:
    """``span_id`` is our own part of it."""

    trace_id: str
    span_id: str
    flags: str = "00"
    state: str = ""

    @property
    def parent(self) -> str:
        """As whomever we call gets it in ``traceparent``."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


current: ContextVar[Trace | None] = ContextVar("current_trace", default=None)


def accept(parent: str, state: str = "") -> Trace:
    """Go on with the caller's trace; what is not one begins a new one, as the standard has it."""
    span_id = secrets.token_hex(8)
    found = _PARENT.fullmatch(parent)
    if not found or not _is_valid(found):
        return Trace(secrets.token_hex(16), span_id)
    sampled = "01" if int(found["flags"], 16) & 1 else "00"
    return Trace(found["trace"], span_id, sampled, state if _is_state(state) else "")


def outgoing() -> dict[str, str]:
    """The headers for whomever we call."""
    trace = current.get()
    if trace is None:
        return {}
    headers = {"traceparent": trace.parent}
    return headers | {"tracestate": trace.state} if trace.state else headers


def _is_valid(found: re.Match[str]) -> bool:
    return (
        found["version"] != "ff"
        and not (found["version"] == "00" and found["more"])
        and set(found["trace"]) != {"0"}
        and set(found["span"]) != {"0"}
    )


def _is_state(state: str) -> bool:
    members = [each.strip(" \t") for each in state.split(",")]
    return len(state) <= MOST_STATE and all(_MEMBER.fullmatch(each) for each in members if each)
