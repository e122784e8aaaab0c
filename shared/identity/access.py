"""Whom this process has let in lately: what a request costs when its token was seen before.

What was found is looked at anew after ``KEPT_FOR`` seconds, so that whoever is revoked is out of
every process by then, though processes tell each other nothing.
"""

import hashlib
import time
from dataclasses import dataclass
from uuid import UUID

from shared.platform.actor import Actor

KEPT_FOR = 30.0
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Admission:
    """An actor, until the proof ends, from the networks that the firm allows; none: from all."""

    actor: Actor
    networks: tuple[str, ...] = ()
    ends_at: float = float("inf")


_admitted: dict[bytes, tuple[float, Admission]] = {}


def name_of(credential: str, organization_id: UUID | None) -> bytes:
    """Nobody who can read our memory finds a token in it."""
    return hashlib.sha256(f"{organization_id}|{credential}".encode()).digest()


def recall(name: bytes) -> Admission | None:
    kept_at, admission = _admitted.get(name, (0.0, None))
    now = time.time()
    if admission is None or not 0 <= now - kept_at < KEPT_FOR or now >= admission.ends_at:
        return None
    return admission


def keep(name: bytes, admission: Admission) -> None:
    """The oldest makes room for the newest."""
    _admitted.pop(name, None)
    if len(_admitted) >= MOST_KEPT:
        del _admitted[next(iter(_admitted))]
    _admitted[name] = (time.time(), admission)


def forget(organization_id: UUID) -> None:
    """After something has been taken from one of the firm's people: here it holds at once."""
    names = [
        name
        for name, (_, admission) in _admitted.items()
        if admission.actor.organization_id == organization_id
    ]
    for name in names:
        del _admitted[name]
