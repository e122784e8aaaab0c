"""Comparing a firm's audit trail with its seals."""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from shared.compliance import chain, watch
from shared.compliance.models import (
    AuditEntry,
    BreakReason,
    BrokenLink,
    Seal,
    SealHead,
    Tail,
    Verification,
)
from shared.compliance.queries import entries as trail
from shared.compliance.queries import seals as queries
from shared.identity.entitlements import require_feature
from shared.identity.permissions import Permission, require
from shared.identity.plans import Feature
from shared.platform.actor import Actor, system
from shared.platform.db import Tx, snapshot, transaction

PAGE = 10  # seals at a time; their entries are in memory together
MOST_ENTRIES = 10_000  # in one answer
OVERDUE_AFTER = timedelta(hours=1)


@dataclass(slots=True)
class _Walk:
    """How far the chain has been followed, and what was found on the way."""

    previous: SealHead
    archived_before: datetime
    seals: int = 0
    entries: int = 0
    archived: int = 0
    broken: BrokenLink | None = None


async def verify_trail(actor: Actor, *, start: int = 1, head: str | None = None) -> Verification:
    """Follow the chain from a seal on, to the first link that is broken.

    ``head`` is what an earlier verification ended with: it must still be there.
    """
    async with transaction(actor) as tx:
        await require_verifier(tx)
    return await _verify(actor, start, head)


async def require_verifier(tx: Tx) -> None:
    require(tx.actor, Permission.READ_AUDIT)
    await require_feature(tx, Feature.AUDIT_TOOLS)
    await watch.note_reading(tx)


async def verify_as_service(
    organization_id: UUID, *, start: int = 1, head: str | None = None
) -> Verification:
    """For whoever runs the service: also a firm that was erased, and has nobody to ask any more."""
    return await _verify(system(organization_id), start, head)


async def _verify(actor: Actor, start: int, head: str | None) -> Verification:
    async with snapshot(actor) as tx:
        walk = await _begin(tx, start)
        is_over = False
        while not (is_over or walk.broken or walk.entries >= MOST_ENTRIES):
            is_over = await _follow(tx, walk)
        if head and not walk.broken:
            walk.broken = await _lost(tx, head)
        last = walk.previous
        return Verification(
            is_intact=walk.broken is None,
            broken=walk.broken,
            seals=walk.seals,
            entries=walk.entries,
            archived=walk.archived,
            head=f"{last.number}-{last.hash}" if last.number else None,
            next=None if is_over or walk.broken else last.number + 1,
            tail=await _tail(tx),
        )


async def _begin(tx: Tx, start: int) -> _Walk:
    previous = chain.START if start == 1 else await queries.find_seal(tx, start - 1)
    walk = _Walk(previous or chain.START, await queries.archived_before(tx))
    if previous is None:
        walk.broken = _broken(BreakReason.SEAL_MISSING, start - 1)
    return walk


async def _lost(tx: Tx, head: str) -> BrokenLink | None:
    """Its seals may be gone or be others, without a broken link among the rest."""
    number, _, seen = head.partition("-")
    found = await queries.find_seal(tx, int(number))
    is_there = found is not None and found.hash == seen
    return None if is_there else _broken(BreakReason.HEAD_MISSING, int(number))


async def _follow(tx: Tx, walk: _Walk) -> bool:
    """A page of seals further; True when there are no more."""
    seals = await queries.list_seals(tx, after=walk.previous.number, limit=PAGE)
    linked, broken = await to_thread(_linked, tx.actor.organization_id, walk.previous, seals)
    if linked:
        sealed = sum(len(seal.entries) for seal in linked)
        found = await trail.list_in_order(
            tx, after=walk.previous.last_id, until=linked[-1].last_id, limit=sealed + 1
        )
        broken = await to_thread(_compare, walk, linked, found) or broken
    walk.broken = broken
    return len(seals) < PAGE


def _linked(
    organization_id: UUID, previous: SealHead, seals: Sequence[Seal]
) -> tuple[list[Seal], BrokenLink | None]:
    """Those up to the first that is missing or is not what it was."""
    linked: list[Seal] = []
    for before, seal in pairwise([previous, *seals]):
        assert isinstance(seal, Seal)
        if seal.number != before.number + 1:
            return linked, _broken(BreakReason.SEAL_MISSING, before.number + 1)
        if not _follows(organization_id, before, seal):
            return linked, _broken(BreakReason.SEAL_CHANGED, seal.number)
        linked.append(seal)
    return linked, None


def _follows(organization_id: UUID, before: SealHead, seal: Seal) -> bool:
    ids = [id_ for id_, _ in seal.entries]
    return bool(
        ids
        and seal.previous_hash == before.hash
        and seal.hash == chain.hash_seal(organization_id, seal)
        and before.last_id < seal.first_id
        and (seal.first_id, seal.last_id, seal.count) == (ids[0], ids[-1], len(ids))
    )


def _compare(walk: _Walk, seals: list[Seal], found: list[AuditEntry]) -> BrokenLink | None:
    """Goes on with the walk, seal by seal, to the first entry that is not what was sealed."""
    remaining = iter([*found, None])
    entry = next(remaining)
    for seal in seals:
        covered: list[AuditEntry] = []
        while entry and entry.id <= seal.last_id:
            covered.append(entry)
            entry = next(remaining)
        if not covered and seal.sealed_at < walk.archived_before:
            walk.archived += seal.count
        elif broken := _difference(seal, covered):
            return broken
        walk.entries += len(covered)
        walk.seals += 1
        walk.previous = seal
    return None


def _difference(seal: Seal, covered: list[AuditEntry]) -> BrokenLink | None:
    sealed = dict(seal.entries)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for entry in covered:
        found[entry.id].append(chain.hash_entry(entry))
    for id_ in sorted(sealed.keys() | found.keys()):
        if id_ not in found:
            return _broken(BreakReason.ENTRY_MISSING, seal.number, id_)
        if id_ not in sealed or len(found[id_]) > 1:
            return _broken(BreakReason.ENTRY_ADDED, seal.number, id_)
        if found[id_] != [sealed[id_]]:
            return _broken(BreakReason.ENTRY_CHANGED, seal.number, id_)
    return None


async def _tail(tx: Tx) -> Tail:
    last = await queries.find_last_seal(tx) or chain.START
    unsealed = await queries.count_unsealed(tx, last.last_id)
    late = datetime.now(UTC) - OVERDUE_AFTER
    is_overdue = unsealed.since is not None and unsealed.since < late
    return Tail(count=unsealed.count, since=unsealed.since, is_overdue=is_overdue)


def _broken(reason: BreakReason, seal: int, entry_id: int | None = None) -> BrokenLink:
    return BrokenLink(reason=reason, seal=seal, entry_id=entry_id)
