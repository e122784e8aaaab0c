"""The firm's clients as a file."""

from uuid import UUID

from shared.clients.models import Client
from shared.clients.queries import clients as queries
from shared.compliance.watch import note_export
from shared.identity.permissions import Permission, require
from shared.operations import exports, operations
from shared.operations.exports import After, ExportFormat, Table
from shared.operations.models import Job, Operation, Progress
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.spreadsheets import Row

KIND = "clients_export"
HEADINGS = ("Id", "Name", "Kind", "State", "TIN", "Since")


async def request_export(actor: Actor, operation_id: UUID, wanted: ExportFormat) -> Operation:
    """All of the firm's clients, the archived too, their TINs masked."""
    require(actor, Permission.EXPORT_CLIENTS)
    async with transaction(actor) as tx:
        operation = await operations.request_operation(
            tx, operation_id, KIND, {"format": wanted.value}
        )
        await note_export(tx, kind="clients", rows=await queries.count_to_export(tx))
        return operation


async def export_clients(actor: Actor, job: Job) -> Progress:
    return await exports.write_table(actor, job, _CLIENTS)


async def _read(tx: Tx, after: After | None, limit: int) -> list[tuple[After, Row]]:
    found = await queries.list_to_export(tx, UUID(after["id"]) if after else UUID(int=0), limit)
    return [({"id": str(client.id)}, _row(client)) for client in found]


def _row(client: Client) -> Row:
    return (
        str(client.id),
        client.name,
        client.entity_type.value,
        client.state.value,
        client.tin_masked,
        client.created_at.isoformat(),
    )


_CLIENTS = Table("Clients", HEADINGS, queries.count_to_export, _read)
