"""Endpoints that FastAPI asks for one more thing, after all that they ask for themselves."""

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any, TypeAlias

from fastapi import Depends

Endpoint: TypeAlias = Callable[..., Awaitable[Any]]
Check: TypeAlias = Callable[..., Awaitable[None]]


def asking_also(endpoint: Endpoint, wrapper: Endpoint, name: str, dependency: Any) -> Endpoint:
    """``wrapper`` as the endpoint, with a parameter ``name`` for what the dependency gives."""
    parameter = inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Any, Depends(dependency)]
    )
    signature = inspect.signature(endpoint)
    given = wraps(endpoint)(wrapper)
    given.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), parameter]
    )
    return given


def checked_last(endpoint: Endpoint, check: Check) -> Endpoint:
    """The same endpoint; what it depends on, such as who is calling, comes before the check."""

    async def checked(*, checked_last: None, **given: Any) -> Any:
        del checked_last
        return await endpoint(**given)

    return asking_also(endpoint, checked, "checked_last", check)
