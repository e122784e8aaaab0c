"""What somebody may do with a thing now and, when not, why not.

Asked with the same checks the use case itself makes, so that the two cannot disagree.
"""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.errors import AppError


class Action(BaseModel):
    """``code`` and ``reason`` are those of the error that trying it would end in."""

    model_config = ConfigDict(frozen=True)

    name: str
    allowed: bool
    code: str | None = None
    reason: str | None = None


def action(
    actor: Actor, name: str, permission: Permission, blocked_by: AppError | None = None
) -> Action:
    refused = refusal(lambda: require(actor, permission)) or blocked_by
    if refused is None:
        return Action(name=name, allowed=True)
    return Action(name=name, allowed=False, code=refused.code, reason=str(refused))


def refusal(check: Callable[[], object]) -> AppError | None:
    """The error the check ends in, if it does."""
    try:
        check()
    except AppError as error:
        return error
    return None
