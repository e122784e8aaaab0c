"""What passes to a colleague when somebody leaves.

Each kind of thing that belongs to people has a ``Handover`` in its own domain; whoever serves the
off-boarding names them all, so that none is missed because its module was not loaded.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.platform.db import Tx


@dataclass(frozen=True, slots=True)
class Handover:
    """``pass_on`` moves all of one person's to another, and says how many there were."""

    kind: str
    pass_on: Callable[[Tx, UUID, UUID], Awaitable[int]]


async def pass_on(
    tx: Tx, handovers: Sequence[Handover], leaver: UUID, successor: UUID
) -> dict[str, int]:
    return {each.kind: await each.pass_on(tx, leaver, successor) for each in handovers}
