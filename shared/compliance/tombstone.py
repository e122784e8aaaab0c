"""What stays of a firm that was erased: its audit trail, sealed to the end."""

from shared.platform.alerts import AlertKind
from shared.platform.db import Tx
from shared.platform.messages import Alert, Change


async def tombstone(tx: Tx) -> None:
    """The last entry of the trail.

    What other transactions are writing comes before the last seal, so that is made after this one
    has committed: by the timer, or by ``seals.seal_entries``.
    """
    firm = tx.actor.organization_id
    await tx.record(Change(action="organization.erased", subject_id=firm))
    await tx.alert(Alert(kind=AlertKind.ORGANIZATION_ERASED, subject_id=firm))
