"""Why somebody who is known is turned away, and who hears of it."""

import logging
import time
from uuid import UUID

from shared.platform.actor import Actor
from shared.platform.alerts import AlertKind
from shared.platform.db import transaction
from shared.platform.errors import AppError, Forbidden, Invalid, Unauthenticated
from shared.platform.messages import Alert
from shared.platform.settings import settings

QUIET_FOR = 60.0  # whoever repeats what was refused is told of once in this time
MOST_REMEMBERED = 1_000

log = logging.getLogger(__name__)


class NotAMember(Forbidden):
    """The identity is not a member of the firm."""

    code = "not_a_member"
    remedy = "Name a firm you belong to in X-Organization, or ask one for an invitation"


class OrganizationRequired(Invalid):
    """The identity is a member of several firms."""

    code = "organization_required"
    remedy = "Name one in the header X-Organization"


class MemberSuspended(Forbidden):
    """The firm has suspended this member."""

    code = "member_suspended"
    remedy = "Ask the firm's owner"


class OrganizationSuspended(Forbidden):
    """The firm itself is suspended."""

    code = "organization_suspended"
    remedy = "Ask whoever runs this service"


class AddressRefused(Forbidden):
    """The firm does not allow requests from this address."""

    code = "address_refused"
    remedy = "Come from a network the firm allows"


class PortalClosed(Forbidden):
    """The firm has switched its portal for clients off."""

    code = "client_portal_off"
    remedy = "Ask the firm"


class MfaRequired(Forbidden):
    """The firm, or what this role may see, asks for a second factor."""

    code = "mfa_required"
    remedy = "Sign in again with a second factor"

    @property
    def headers(self) -> dict[str, str]:
        return {"www-authenticate": _challenge(acr_values=settings().mfa_acr_values)}


class SessionRevoked(Unauthenticated):
    """The session was ended before its time."""

    code = "session_revoked"
    remedy = "Sign in again"

    @property
    def headers(self) -> dict[str, str]:
        return {"www-authenticate": _challenge(max_age="0")}


class SessionExpired(Unauthenticated):
    """The session is older, or has been idle for longer, than the firm allows."""

    code = "session_expired"
    remedy = "Sign in again"

    @property
    def headers(self) -> dict[str, str]:
        return {"www-authenticate": _challenge(max_age="0")}


class PeopleOnly(Forbidden):
    """An API key has no sessions, and no say over those of people."""

    code = "people_only"
    remedy = "Sign in as a person"


class InvalidApiKey(Unauthenticated):
    """The API key is not known, or no longer good."""

    code = "invalid_api_key"
    remedy = "Send a key that is neither revoked nor expired"


KINDS: dict[type[AppError], AlertKind] = {
    MfaRequired: AlertKind.MFA_MISSING,
    AddressRefused: AlertKind.ADDRESS_REFUSED,
    InvalidApiKey: AlertKind.API_KEY_MISUSED,
}

_told: dict[tuple[UUID | None, str], float] = {}


def _challenge(**wanted: str) -> str:
    """RFC 9470: it tells an application how to send its user to sign in."""
    told = {"error": "insufficient_user_authentication"}
    told |= {name: value for name, value in wanted.items() if value}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items())


async def tell(actor: Actor, refused: Unauthenticated | Forbidden) -> None:
    """The firm hears of it, where it is known; it never hears what was sent."""
    who = (actor.api_key_id or actor.user_id, refused.code)
    if time.time() - _told.get(who, 0) < QUIET_FOR:
        return
    if len(_told) >= MOST_REMEMBERED:
        _told.clear()
    _told[who] = time.time()
    log.warning("somebody known was refused: %s", refused.code)
    kind = KINDS.get(type(refused), AlertKind.SIGN_IN_FAILED)
    async with transaction(actor) as tx:
        await tx.alert(Alert(kind=kind, subject_id=who[0], detail={"code": refused.code}))
