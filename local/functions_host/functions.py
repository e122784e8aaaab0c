"""A function of the app, as the host keeps it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """An input of a function: which converter makes it, and of which Python type."""

    name: str
    binding: str
    annotation: Any
    is_sdk_type: bool = False


@dataclass(frozen=True)
class RetryPolicy:
    attempts: int  # after the first; -1 for ever
    strategy: str
    delay: timedelta
    longest_delay: timedelta


@dataclass(frozen=True)
class Function:
    name: str
    handler: Callable[..., Any]
    trigger: Mapping[str, Any]  # as function.json would have it
    bindings: tuple[Mapping[str, Any], ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    returns: str | None = None
    wants_context: bool = False
    retry: RetryPolicy | None = None

    @property
    def kind(self) -> str:
        return str(self.trigger["type"])

    @property
    def trigger_name(self) -> str:
        return str(self.trigger["name"])

    def described(self) -> dict[str, Any]:
        """What /admin/functions tells about it."""
        return {"name": self.name, "config": {"bindings": list(self.bindings)}}


def plain_binding(binding: Mapping[str, Any]) -> dict[str, Any]:
    """A binding as in function.json: the decorators leave enum members in it."""
    return json.loads(json.dumps(binding, default=lambda member: getattr(member, "value", None)))
