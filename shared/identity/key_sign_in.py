"""From an API key to the member it acts for, within what the key was given."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from shared.identity.access import Admission
from shared.identity.access_models import HeldKey, KeyOwner
from shared.identity.api_keys import GRANTABLE
from shared.identity.entitlements import require_feature
from shared.identity.key_format import KeyText, parse_key
from shared.identity.membership_rules import is_above
from shared.identity.models import MemberState
from shared.identity.permissions import ROLES, Permission, require
from shared.identity.plans import Feature
from shared.identity.queries import access as queries
from shared.identity.refusals import InvalidApiKey, NotAMember, tell
from shared.identity.settings import current_settings
from shared.identity.sign_in import require_address, require_standing
from shared.platform.actor import Actor, Origin, system
from shared.platform.db import Tx, transaction
from shared.platform.errors import Forbidden, Unauthenticated


async def sign_in_with_key(
    credential: str, organization_id: UUID | None, origin: Origin
) -> Admission:
    text = parse_key(credential)
    if text is None:
        raise InvalidApiKey("The API key does not have the shape of one")
    owners = await queries.list_key_owners(text.prefix)
    if not owners:
        raise InvalidApiKey("There is no such API key")
    owner = owners[0]  # prefixes are random: that two firms have one happens to nobody
    return await _admit(owner, organization_id, text, origin)


async def _admit(
    owner: KeyOwner, organization_id: UUID | None, text: KeyText, origin: Origin
) -> Admission:
    """The firm hears of what is tried with a key of its own."""
    caller = replace(system(owner.organization_id), api_key_id=owner.key_id, origin=origin)
    try:
        async with transaction(caller) as tx:
            key = await _prove(tx, owner.key_id, text)
            if organization_id not in (None, owner.organization_id):
                raise NotAMember("The API key does not belong to the organization")
            return await _examine(tx, key)
    except (Forbidden, Unauthenticated) as refused:
        await tell(caller, refused)
        raise


async def _prove(tx: Tx, key_id: UUID, text: KeyText) -> HeldKey:
    """Before anything else is told: a wrong secret learns nothing from a prefix that is right."""
    key = await queries.find_held_key(tx, key_id=key_id)
    shown_to = _shown_to(key, text) if key else None
    if key is None or shown_to is None:
        raise InvalidApiKey("There is no such API key")
    if shown_to != key.user_id:
        await _require_say(tx, key, shown_to)
    return key


async def _require_say(tx: Tx, key: HeldKey, shown_to: UUID) -> None:
    """Somebody other than its member knows the secret, who may have lost their say over them."""
    knower = await queries.find_standing(tx, shown_to)
    if (
        knower is None
        or knower.state is not MemberState.ACTIVE
        or Permission.MANAGE_API_KEYS not in ROLES[knower.role]
        or not is_above(knower.role, key.role)
    ):
        raise InvalidApiKey("Whoever has made or rotated the API key could not do so now")


async def _examine(tx: Tx, key: HeldKey) -> Admission:
    require_standing(key.state, key.organization_state)
    actor = Actor(
        tx.actor.organization_id,
        key.user_id,
        key.role,
        key.client_id,
        api_key_id=key.id,
        scopes=frozenset(key.scopes) & GRANTABLE,
        origin=tx.actor.origin,
    )
    require(replace(actor, scopes=None), Permission.ACCESS_API)
    await require_feature(tx, Feature.API)
    policy = await current_settings(tx)
    require_address(policy.ip_allow_list, actor.origin)
    await queries.note_use(tx, key_id=key.id)
    ends_at = key.expires_at.timestamp() if key.expires_at else float("inf")
    return Admission(actor, policy.ip_allow_list, ends_at)


def _shown_to(key: HeldKey, text: KeyText) -> UUID | None:
    """Who was shown this secret, as long as it is good."""
    now = datetime.now(UTC)
    is_current = text.matches(key.secret_hash)
    is_previous = text.matches(key.previous_hash)
    overlaps = key.previous_until is not None and now < key.previous_until
    has_ended = key.revoked_at is not None or (key.expires_at is not None and now >= key.expires_at)
    if has_ended:
        return None
    if is_current:
        return key.made_by
    return key.previous_by if is_previous and overlaps else None
