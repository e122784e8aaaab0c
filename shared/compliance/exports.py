"""The audit trail as a file."""

import json
from typing import Any
from uuid import UUID

from shared.compliance.audit import audit_rows
from shared.compliance.models import AuditEntry
from shared.compliance.queries import entries
from shared.compliance.watch import note_export
from shared.identity.permissions import Permission, require
from shared.operations import exports, operations
from shared.operations.exports import After, ExportFormat, Table
from shared.operations.models import Job, Operation, Progress
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.spreadsheets import Row

KIND = "audit_export"
HEADINGS = (
    "Number", "When", "What", "On", "TIN of", "By", "As", "From", "With", "Request", "Detail",
    "Before", "After",
)  # fmt: skip


async def request_export(actor: Actor, operation_id: UUID, wanted: ExportFormat) -> Operation:
    """All of the firm's audit trail, oldest first."""
    require(actor, Permission.READ_AUDIT)
    async with transaction(actor) as tx:
        operation = await operations.request_operation(
            tx, operation_id, KIND, {"format": wanted.value}
        )
        await note_export(tx, kind="audit", rows=await entries.count_entries(tx))
        return operation


async def export_audit(actor: Actor, job: Job) -> Progress:
    return await exports.write_table(actor, job, _TRAIL)


async def _read(tx: Tx, after: After | None, limit: int) -> list[tuple[After, Row]]:
    found = await audit_rows(tx, after["id"] if after else None, limit)
    return [({"id": entry.id}, _row(entry)) for entry in found]


def _row(entry: AuditEntry) -> Row:
    return (
        entry.id,
        entry.recorded_at.isoformat(),
        entry.action,
        str(entry.subject_id),
        str(entry.tin_of) if entry.tin_of else None,
        str(entry.user_id) if entry.user_id else None,
        entry.role.value,
        entry.ip,
        entry.user_agent,
        entry.request_id,
        _text(entry.detail),
        _text(entry.before),
        _text(entry.after),
    )


def _text(told: dict[str, Any] | None) -> str | None:
    return json.dumps(told, ensure_ascii=False) if told else None


_TRAIL = Table("Audit trail", HEADINGS, entries.count_entries, _read)
