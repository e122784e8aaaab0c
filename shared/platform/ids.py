"""Names for what a request makes."""

from uuid import UUID, uuid4, uuid5

from shared.platform.actor import Actor


def new_id(actor: Actor, kind: str) -> UUID:
    """The same for a request that is repeated with its Idempotency-Key, so it makes one row.

    ``kind`` tells apart what one request makes.
    """
    if actor.origin.key is None:
        return uuid4()
    caller = actor.api_key_id or actor.user_id
    return uuid5(actor.organization_id, f"{caller}|{kind}|{actor.origin.key}")
