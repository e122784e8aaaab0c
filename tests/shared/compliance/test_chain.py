"""What an entry's hash is made of: written out here, so that a change to it is seen."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from shared.compliance import chain
from shared.compliance.models import AuditEntry, Seal
from shared.platform.actor import Role

FIRM = UUID(int=7)
AT = datetime(2025, 2, 3, 15, 4, 5, 123456, tzinfo=UTC)
ENTRY = AuditEntry(
    id=5,
    entity="client",
    action="client.updated",
    subject_id=UUID(int=1),
    tin_of=None,
    user_id=UUID(int=2),
    role=Role.CPA,
    session_id=None,
    api_key_id=None,
    detail={"b": 1, "a": [True, None, "é"]},
    before={"name": "Ada"},
    after=None,
    request_id="r-1",
    ip="203.0.113.7",
    user_agent=None,
    recorded_at=AT,
)
CANONICAL = (
    '{"action":"client.updated","after":null,"api_key_id":null,"before":{"name":"Ada"},'
    '"detail":{"a":[true,null,"é"],"b":1},"entity":"client","id":5,"ip":"203.0.113.7",'
    '"recorded_at":"2025-02-03T15:04:05.123456+00:00","request_id":"r-1","role":"cpa",'
    '"session_id":null,"subject_id":"00000000-0000-0000-0000-000000000001",'
    '"user_agent":null,"user_id":"00000000-0000-0000-0000-000000000002"}'
)


def test_an_entrys_hash_is_that_of_its_canonical_json() -> None:
    assert chain.hash_entry(ENTRY) == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    seen_from_new_york = AT.astimezone(timezone(timedelta(hours=-5)))

    moved = ENTRY.model_copy(update={"recorded_at": seen_from_new_york})

    assert chain.hash_entry(moved) == chain.hash_entry(ENTRY)


def test_every_field_counts() -> None:
    """What a column is left out of the hash, somebody could change unseen."""
    other: dict[str, object] = {
        "id": 6,
        "entity": "document",
        "action": "client.added",
        "subject_id": UUID(int=9),
        "tin_of": UUID(int=9),
        "user_id": None,
        "role": Role.OWNER,
        "session_id": UUID(int=9),
        "api_key_id": UUID(int=9),
        "detail": {},
        "before": None,
        "after": {},
        "request_id": None,
        "ip": None,
        "user_agent": "x",
        "recorded_at": AT + timedelta(microseconds=1),
    }
    assert other.keys() == AuditEntry.model_fields.keys()

    hashes = {
        chain.hash_entry(ENTRY.model_copy(update={name: value})) for name, value in other.items()
    }

    assert len(hashes | {chain.hash_entry(ENTRY)}) == len(other) + 1


def test_a_seal_goes_on_from_the_one_before() -> None:
    first = chain.next_seal(FIRM, chain.START, [ENTRY], AT)
    second = chain.next_seal(FIRM, first, [ENTRY.model_copy(update={"id": 6})], AT)

    assert (first.number, first.previous_hash) == (1, "0" * 64)
    assert (second.number, second.previous_hash) == (2, first.hash)
    assert (second.first_id, second.last_id, second.count) == (6, 6, 1)


def test_every_field_of_a_seal_counts_and_so_does_the_firm() -> None:
    seal = chain.next_seal(FIRM, chain.START, [ENTRY], AT)
    other: dict[str, object] = {
        "number": 2,
        "first_id": 4,
        "last_id": 6,
        "count": 2,
        "entries": [(5, "0" * 64)],
        "previous_hash": "1" * 64,
        "sealed_at": AT + timedelta(seconds=1),
    }
    assert other.keys() == Seal.model_fields.keys() - {"hash"}

    hashes = {
        chain.hash_seal(FIRM, seal.model_copy(update={name: value}))
        for name, value in other.items()
    }

    assert len(hashes | {seal.hash, chain.hash_seal(UUID(int=8), seal)}) == len(other) + 2
