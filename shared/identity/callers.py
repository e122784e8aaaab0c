"""Who is calling: a person with a token of the identity provider, or a program with an API key."""

from dataclasses import replace
from uuid import UUID

from shared.identity import access
from shared.identity.access import Admission
from shared.identity.key_format import is_key
from shared.identity.key_sign_in import sign_in_with_key
from shared.identity.refusals import AddressRefused, tell
from shared.identity.sign_in import require_address, sign_in
from shared.platform import tokens
from shared.platform.actor import Actor, Origin
from shared.platform.errors import Unauthenticated
from shared.platform.tokens import Claims


async def identify(credential: str, organization_id: UUID | None, origin: Origin) -> Actor:
    """A token is verified each time; what its holder is in the firm is asked now and then."""
    claims = None if is_key(credential) else await tokens.verify(credential)
    name = access.name_of(credential, organization_id)
    admission = access.recall(name)
    if admission is None:
        admission = await _admit(credential, claims, organization_id, origin)
        access.keep(name, admission)
    actor = replace(admission.actor, origin=origin)
    try:
        require_address(admission.networks, origin)
    except AddressRefused as refused:
        await tell(actor, refused)
        raise
    return actor


def remembered(credential: str, organization_id: UUID | None, ip: str | None) -> Actor | None:
    """Whoever was let in with it lately, and would be from here; nobody and nothing is asked."""
    admission = access.recall(access.name_of(credential, organization_id))
    if admission is None:
        return None
    try:
        require_address(admission.networks, Origin(ip=ip))
    except AddressRefused:
        return None
    return admission.actor


async def _admit(
    credential: str, claims: Claims | None, organization_id: UUID | None, origin: Origin
) -> Admission:
    if claims is None:
        return await sign_in_with_key(credential, organization_id, origin)
    return await sign_in(claims, organization_id, origin)


async def prove(credential: str) -> Claims:
    """A person, who need not be a member of any firm yet."""
    if is_key(credential):
        raise Unauthenticated("This is for people: an API key proves nobody's identity")
    return await tokens.verify(credential)
