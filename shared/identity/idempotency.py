"""Requests that may be sent twice: the answer to the first is kept for a day, for the others.

Only an answer that did something is kept, sealed, for it may hold an address that opens a blob or
a new API key. Requests are told apart by a hash with the firm's key, for they may hold a TIN, and
there are few enough of those to try. A refusal has done nothing, and frees the key. A failure and a
process that dies may have come after the work, and leave their claim; when the lease has ended, the
same request runs again and finds what it made, by the ids that derive from the claim
(``platform/ids.py``).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.identity.idempotency_models import Answer, IdempotencyKey
from shared.identity.keys import open_keyring
from shared.identity.queries import idempotency as queries
from shared.platform.actor import Actor, system
from shared.platform.crypto import Keyring, NotOurs, place
from shared.platform.db import transaction
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
class KeyedRequest:
    """``digest`` covers its method, path and body; it is never kept as it is."""

    actor: Actor
    key: str
    digest: bytes

    @property
    def caller_id(self) -> UUID:
        """Never nobody: whoever has no id is the system, which sends no requests."""
        return self.actor.api_key_id or self.actor.user_id or self.actor.organization_id

    @property
    def place(self) -> str:
        return place("idempotency_keys", "answer_sealed", f"{self.caller_id}|{self.key}")

    def hashes(self, keyring: Keyring) -> list[bytes]:
        """The first is what it is known by from now on; keys may have been rotated since."""
        return keyring.hashes(f"request|{self.digest.hex()}")


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a request; it keeps its id for as long as the key lives."""

    id: UUID
    request: KeyedRequest

    @property
    def actor(self) -> Actor:
        """As whom the request runs."""
        asking = self.request.actor
        return replace(asking, origin=replace(asking.origin, claim_id=self.id))


async def claim_request(request: KeyedRequest) -> Claim | Answer:
    """The answer that is kept, or the claim when the request has to run."""
    async with transaction(request.actor) as tx:
        keyring = await open_keyring(tx)
        hashes = request.hashes(keyring)
        claimed = await queries.claim_key(
            tx,
            caller_id=request.caller_id,
            key=request.key,
            request_hashes=hashes,
            lease=LEASE,
            life=LIFE,
        )
        if claimed:
            return Claim(claimed.claim_id, request)
        found = await queries.find_key(tx, request.caller_id, request.key)
        if found is None:  # freed between the two statements
            raise KeyInUse(1)
        if found.request_hash not in hashes:
            raise KeyReused("This Idempotency-Key came with another request before")
        return _kept(keyring, request, found)


def _kept(keyring: Keyring, request: KeyedRequest, found: IdempotencyKey) -> Answer:
    if found.answer_sealed is None:
        left = (found.leased_until - datetime.now(UTC)).total_seconds()
        raise KeyInUse(max(1, min(round(left), LEASE.seconds)))
    try:
        plain = keyring.unseal(found.answer_sealed, request.place)
    except NotOurs as error:
        raise KeyReused("The answer kept under this Idempotency-Key is lost") from error
    return Answer.model_validate_json(plain)


async def keep_answer(claim: Claim, answer: Answer) -> None:
    async with transaction(claim.actor) as tx:
        keyring = await open_keyring(tx)
        sealed = keyring.seal(answer.model_dump_json().encode(), claim.request.place)
        await queries.update_answer(tx, claim.id, sealed)


async def release_claim(claim: Claim) -> None:
    """It was refused: the same key may come with another request."""
    async with transaction(claim.actor) as tx:
        await queries.delete_claim(tx, claim.id)


async def end_lease(claim: Claim) -> None:
    """It has failed, and nobody knows how far it came: only the same request may try again."""
    async with transaction(claim.actor) as tx:
        await queries.end_lease(tx, claim.id)


async def forget_expired() -> int:
    """How many keys have gone, of all firms."""
    gone = 0
    for firm in await queries.list_organizations_with_expired_keys():
        async with transaction(system(firm.organization_id)) as tx:
            gone += await queries.delete_expired_keys(tx)
    return gone
