"""Requests that may be sent twice: the answer to the first is kept for a day, for the others.

Only an answer that did something is kept, sealed, for it may hold an address that opens a blob or
a new API key. A refusal and a failure leave the key free. A process that dies leaves its claim;
when the lease has ended, the same request runs again and finds what it made, by the ids that
derive from the key (``platform/ids.py``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.identity.idempotency_models import Answer, IdempotencyKey
from shared.identity.keys import open_keyring
from shared.identity.queries import idempotency as queries
from shared.platform.actor import Actor, system
from shared.platform.crypto import NotOurs, place
from shared.platform.db import Tx, transaction
from shared.platform.errors import Conflict, Invalid

LEASE = timedelta(seconds=60)
LIFE = timedelta(hours=24)


class KeyInUse(Conflict):
    """The first request with this key has not ended."""

    code = "idempotency_key_in_use"
    remedy = "Send the same request again when Retry-After has passed"

    def __init__(self, wait: int) -> None:
        super().__init__("A request with this Idempotency-Key is still running")
        self._wait = wait

    @property
    def headers(self) -> dict[str, str]:
        return {"retry-after": str(self._wait)}


class KeyReused(Invalid):
    """A key names one request; another needs a key of its own."""

    code = "idempotency_key_reused"
    remedy = "Use a new Idempotency-Key for each new request"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a request; ``request_hash`` covers its method, path and body."""

    actor: Actor
    key: str
    request_hash: bytes

    @property
    def caller_id(self) -> UUID:
        """Never nobody: whoever has no id is the system, which sends no requests."""
        return self.actor.api_key_id or self.actor.user_id or self.actor.organization_id

    @property
    def place(self) -> str:
        return place("idempotency_keys", "answer_sealed", f"{self.caller_id}|{self.key}")


async def claim_request(claim: Claim) -> Answer | None:
    """The answer that is kept; None when the request has to run."""
    async with transaction(claim.actor) as tx:
        may_run = await queries.claim_key(
            tx,
            caller_id=claim.caller_id,
            key=claim.key,
            request_hash=claim.request_hash,
            lease=LEASE,
            life=LIFE,
        )
        if may_run:
            return None
        found = await queries.find_key(tx, claim.caller_id, claim.key)
        if found is None:  # freed between the two statements
            raise KeyInUse(1)
        return await _kept(tx, claim, found)


async def _kept(tx: Tx, claim: Claim, found: IdempotencyKey) -> Answer:
    if found.request_hash != claim.request_hash:
        raise KeyReused("This Idempotency-Key came with another request before")
    if found.answer_sealed is None:
        left = (found.leased_until - datetime.now(UTC)).total_seconds()
        raise KeyInUse(max(1, min(round(left), LEASE.seconds)))
    try:
        plain = (await open_keyring(tx)).unseal(found.answer_sealed, claim.place)
    except NotOurs as error:
        raise KeyReused("The answer kept under this Idempotency-Key is lost") from error
    return Answer.model_validate_json(plain)


async def keep_answer(claim: Claim, answer: Answer) -> None:
    async with transaction(claim.actor) as tx:
        keyring = await open_keyring(tx)
        await queries.update_answer(
            tx,
            caller_id=claim.caller_id,
            key=claim.key,
            request_hash=claim.request_hash,
            sealed=keyring.seal(answer.model_dump_json().encode(), claim.place),
        )


async def release_claim(claim: Claim) -> None:
    """It was refused or has failed: the same key may try again."""
    async with transaction(claim.actor) as tx:
        await queries.delete_claim(
            tx, caller_id=claim.caller_id, key=claim.key, request_hash=claim.request_hash
        )


async def forget_expired() -> int:
    """How many keys have gone, of all firms."""
    gone = 0
    for firm in await queries.list_organizations_with_expired_keys():
        async with transaction(system(firm.organization_id)) as tx:
            gone += await queries.delete_expired_keys(tx)
    return gone
