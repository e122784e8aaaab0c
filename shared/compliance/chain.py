"""How entries become hashes, and hashes a chain.

An entry's hash is the SHA-256 of its canonical JSON: the fields named here, keys sorted, no blanks,
UTF-8, ids and moments as text, moments in UTC with microseconds. That is RFC 8785 as far as
entries go; keys are sorted by code point, and numbers are as Python writes them. A seal's hash is
that of its own canonical JSON, which holds the hash of the seal before.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.compliance.models import AuditEntry, Seal, SealHead

START = SealHead(number=0, last_id=0, hash="0" * 64)
"""What the first seal goes on from."""

# A field added here would make every entry sealed before look changed; one of _ADDED does not, as
# long as those have nothing in it.
_SEALED = {
    "id",
    "entity",
    "action",
    "subject_id",
    "user_id",
    "role",
    "session_id",
    "api_key_id",
    "detail",
    "before",
    "after",
    "request_id",
    "ip",
    "user_agent",
    "recorded_at",
}
_ADDED = {"tin_of"}


def hash_entry(entry: AuditEntry) -> str:
    told = entry.model_dump(mode="json", include=_SEALED)
    added = entry.model_dump(mode="json", include=_ADDED, exclude_none=True)
    return _hash(told | added | {"recorded_at": _moment(entry.recorded_at)})


def hash_seal(organization_id: UUID, seal: Seal) -> str:
    told = seal.model_dump(mode="json", exclude={"hash"})
    return _hash(
        told | {"organization_id": str(organization_id), "sealed_at": _moment(seal.sealed_at)}
    )


def next_seal(
    organization_id: UUID, previous: SealHead, entries: Sequence[AuditEntry], at: datetime
) -> Seal:
    seal = Seal(
        number=previous.number + 1,
        first_id=entries[0].id,
        last_id=entries[-1].id,
        count=len(entries),
        entries=[(entry.id, hash_entry(entry)) for entry in entries],
        previous_hash=previous.hash,
        hash="",
        sealed_at=at,
    )
    return seal.model_copy(update={"hash": hash_seal(organization_id, seal)})


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _hash(value: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
