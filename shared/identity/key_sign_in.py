"""From an API key to the member it acts for, within what the key was given."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from shared.identity.access import Admission
from shared.identity.access_models import HeldKey
from shared.identity.api_keys import GRANTABLE
from shared.identity.entitlements import require_feature
from shared.identity.key_format import KeyText, parse_key
from shared.identity.permissions import Permission, require
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
    if organization_id not in (None, owner.organization_id):
        raise NotAMember("The API key does not belong to the organization")
    return await _admit(owner.organization_id, owner.key_id, text, origin)


async def _admit(organization_id: UUID, key_id: UUID, text: KeyText, origin: Origin) -> Admission:
    """The firm hears of what is tried with a key of its own."""
    caller = replace(system(organization_id), api_key_id=key_id, origin=origin)
    try:
        async with transaction(caller) as tx:
            return await _examine(tx, await queries.find_held_key(tx, key_id=key_id), text)
    except (Forbidden, Unauthenticated) as refused:
        await tell(caller, refused)
        raise


async def _examine(tx: Tx, key: HeldKey | None, text: KeyText) -> Admission:
    if key is None or not _is_good(key, text):
        raise InvalidApiKey("There is no such API key")
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


def _is_good(key: HeldKey, text: KeyText) -> bool:
    now = datetime.now(UTC)
    is_current = text.matches(key.secret_hash)
    is_previous = text.matches(key.previous_hash)
    overlaps = key.previous_until is not None and now < key.previous_until
    has_ended = key.revoked_at is not None or (key.expires_at is not None and now >= key.expires_at)
    return (is_current or (is_previous and overlaps)) and not has_ended
