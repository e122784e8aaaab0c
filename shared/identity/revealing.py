"""Who is shown a TIN: a person who may see them, signed in with a second factor, and says why."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from shared.identity.permissions import Permission, require
from shared.identity.refusals import MfaRequired
from shared.platform.actor import Actor
from shared.platform.text import Prose


class Reason(BaseModel):
    """``reason`` is kept for the auditor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, Prose(500, 10)]


class RevealedTin(BaseModel):
    model_config = ConfigDict(frozen=True)

    tin: str


def require_reveal(actor: Actor) -> None:
    """Never for an API key, which has no second factor."""
    require(actor, Permission.REVEAL_TINS)
    require_second_factor(actor)


def require_second_factor(actor: Actor) -> None:
    if not actor.has_second_factor:
        raise MfaRequired("This needs a session with a second factor")
