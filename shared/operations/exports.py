"""Tables that somebody takes away as a file, written a few thousand rows at a time.

Each step stages one block of the file and hands on the ids of all of them, so that a step that
runs twice, even at once with itself, leaves neither a row twice nor a gap. A workbook cannot be
written in pieces: its rows are staged as lines of JSON, and the last step makes it of them.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from shared.operations.errors import ExportNotReady, TooManyRows
from shared.operations.models import Job, Operation, OperationState, Progress
from shared.operations.queries import operations as queries
from shared.platform import blob, scratch, spreadsheets
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.errors import NotFound
from shared.platform.messages import Change
from shared.platform.spreadsheets import Row
from shared.platform.storage_account import BlobNotFound

ROWS_AT_ONCE = 2_000
MOST_BYTES = 4 << 30
LINES = "jsonl"

After: TypeAlias = dict[str, Any]
ReadRows: TypeAlias = Callable[[Tx, After | None, int], Awaitable[list[tuple[After, Row]]]]


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Table:
    """What is exported: ``read`` gives rows after a key, each with its own key."""

    title: str
    headings: tuple[str, ...]
    count: Callable[[Tx], Awaitable[int]]
    read: ReadRows


async def write_table(actor: Actor, job: Job, table: Table) -> Progress:
    """The next step of an export; its input says in which ``format``."""
    cursor = job.cursor or {"after": None, "blocks": []}
    wanted = ExportFormat(job.input["format"])
    if "blocks" not in cursor:
        return await _make_workbook(actor, job, table)
    async with transaction(actor) as tx:
        total = await table.count(tx) if job.total is None else job.total
        found = await table.read(tx, cursor["after"], ROWS_AT_ONCE)
    if wanted is ExportFormat.XLSX and total >= spreadsheets.MAX_ROWS:
        raise TooManyRows(f"A workbook cannot hold {total:,} rows")
    rows: list[Row] = [row for _, row in found]
    if not cursor["blocks"]:
        rows.insert(0, table.headings)
    is_last = len(found) < ROWS_AT_ONCE
    done = job.done + len(found)
    name = _name(actor, job.operation_id, wanted if wanted is ExportFormat.CSV else LINES)
    blocks = [*cursor["blocks"], uuid4().hex]
    content = await asyncio.to_thread(_encode, wanted, rows, is_first=len(blocks) == 1)
    await blob.stage(blob.EXPORTS, name, blocks[-1], content)
    if not is_last:
        after = found[-1][0]
        return Progress(done=done, total=total, cursor={"after": after, "blocks": blocks})
    await blob.commit(blob.EXPORTS, name, blocks, MEDIA_TYPES[ExportFormat.CSV])
    if wanted is ExportFormat.CSV:
        return await _finished(actor, job, wanted, done)
    return Progress(done=done, total=total, cursor={"is_read": True})


async def open_export(actor: Actor, operation_id: UUID, kinds: Collection[str]) -> str:
    """Where the file can be had for some minutes, by whoever asked for it and may still have it."""
    async with transaction(actor) as tx:
        operation = await queries.get_operation(tx, operation_id)
        if operation.user_id != actor.user_id or operation.kind not in kinds:
            raise NotFound("Operation not found")  # as of one that is not there
        if operation.state is not OperationState.SUCCEEDED:
            raise ExportNotReady(f"The export is {operation.state}")
        await tx.record(Change(action="operation.file_opened", subject_id=operation_id))
    wanted = ExportFormat((operation.result or {})["format"])
    return await blob.download_link(
        blob.EXPORTS, _name(actor, operation_id, wanted), _filename(operation, wanted)
    )


async def delete_files(actor: Actor, operation_id: UUID) -> None:
    for ending in (*ExportFormat, LINES):
        await blob.delete(blob.EXPORTS, _name(actor, operation_id, ending))


async def _make_workbook(actor: Actor, job: Job, table: Table) -> Progress:
    lines = _name(actor, job.operation_id, LINES)
    name = _name(actor, job.operation_id, ExportFormat.XLSX)
    with scratch.folder() as folder:
        read, written = folder / "rows", folder / "workbook"
        try:
            await blob.download(blob.EXPORTS, lines, read, most=MOST_BYTES)
        except BlobNotFound:  # it was made, and we died before we could say so
            return await _finished(actor, job, ExportFormat.XLSX, job.done)
        await asyncio.to_thread(
            spreadsheets.write_workbook, written, table.title, _read_lines(read)
        )
        media_type = MEDIA_TYPES[ExportFormat.XLSX]
        await blob.write_file(blob.EXPORTS, name, written, media_type)
    await blob.delete(blob.EXPORTS, lines)
    return await _finished(actor, job, ExportFormat.XLSX, job.done)


async def _finished(actor: Actor, job: Job, wanted: ExportFormat, rows: int) -> Progress:
    made = await blob.properties(blob.EXPORTS, _name(actor, job.operation_id, wanted))
    result = {
        "file": f"/api/v1/exports/{job.operation_id}/file",
        "format": wanted.value,
        "rows": rows,
        "bytes": made.size,
    }
    return Progress(done=rows, total=rows, result=result)


def _encode(wanted: ExportFormat, rows: list[Row], *, is_first: bool) -> bytes:
    if wanted is ExportFormat.CSV:
        mark = spreadsheets.BYTE_ORDER_MARK.encode() if is_first else b""
        return mark + spreadsheets.to_csv(rows)
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def _read_lines(path: Path) -> Iterator[Row]:
    with path.open() as lines:
        for line in lines:
            yield json.loads(line)


def _name(actor: Actor, operation_id: UUID, ending: str) -> str:
    """Ids only, like every other blob's."""
    return f"{actor.organization_id}/{operation_id}.{ending}"


def _filename(operation: Operation, wanted: ExportFormat) -> str:
    return f"{operation.kind.removesuffix('_export')}-{operation.created_at:%Y-%m-%d}.{wanted}"
