"""Noticing what is unusual; who does it again within the hour is not told of again."""

from uuid import UUID

from shared.compliance.queries import entries, events
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx
from shared.platform.messages import Alert

MASS_REVEAL = 20  # TINs an hour; whoever prepares returns looks at a handful
MASS_EXPORT = 100  # records in a file; a small firm has fewer clients
REVEALS = [
    "client.tin_revealed",
    "client.searched_by_tin",  # whoever asks for one number after the other finds one out
    "document.field_revealed",
    "document.page_revealed",
]


async def note_reveal(tx: Tx) -> None:
    """To be called when the reveal has been recorded."""
    user_id = tx.actor.user_id
    if user_id is None:
        return
    count = await entries.count_done(tx, user_id, REVEALS)
    if count > MASS_REVEAL:
        await _tell(tx, user_id, AlertKind.MASS_REVEAL, {"count": count})


async def note_export(tx: Tx, kind: str, rows: int) -> None:
    """To be called when a file is complete; ``rows`` is how many records it holds."""
    user_id = tx.actor.user_id
    if user_id and rows > MASS_EXPORT:
        await _tell(tx, user_id, AlertKind.MASS_EXPORT, {"kind": kind, "rows": rows})


async def note_reading(tx: Tx) -> None:
    """Somebody reads the audit trail."""
    if tx.actor.user_id:
        await _tell(tx, tx.actor.user_id, AlertKind.AUDIT_READ, {})


async def _tell(tx: Tx, user_id: UUID, kind: AlertKind, detail: dict[str, str | int]) -> None:
    if await events.was_told(tx, user_id, kind):
        return
    await events.lock_telling(tx, user_id, kind)
    if not await events.was_told(tx, user_id, kind):  # by whoever had the lock before
        await tx.alert(Alert(kind=kind, subject_id=user_id, detail=detail))
