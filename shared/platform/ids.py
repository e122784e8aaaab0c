"""Names for what a request makes."""

from uuid import UUID, uuid4, uuid5

from shared.platform.actor import Actor


def new_id(actor: Actor, kind: str) -> UUID:
    """The same for a request that runs again under its claim, so it makes one row.

    ``kind`` tells apart what one request makes.
    """
    claim_id = actor.origin.claim_id
    return uuid4() if claim_id is None else uuid5(claim_id, kind)
