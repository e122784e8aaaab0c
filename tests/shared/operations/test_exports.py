"""Exports from asking to the file, on real storage."""

import csv
import io
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest

from orchestrations.operation.work import WORK
from shared.clients import clients
from shared.clients import exports as client_exports
from shared.clients.models import NewClient
from shared.compliance import exports as audit_exports
from shared.operations import exports, operations, running
from shared.operations.errors import ExportNotReady
from shared.operations.exports import ExportFormat
from shared.operations.models import Job, Operation, OperationState, Progress
from shared.operations.queries import operations as queries
from shared.platform import blob, spreadsheets
from shared.platform.actor import Actor, Role, system
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound
from tests.make import identity as make
from tests.make.identity import Firm

CLIENTS = {client_exports.KIND}
FORMULA = "=cmd|' /C calc'!A0"
TIN = "412-45-6789"


@pytest.fixture(autouse=True)
def few_rows_at_once(storage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 3)


async def export(
    actor: Actor, wanted: ExportFormat, request: object = client_exports.request_export
) -> UUID:
    operation_id = uuid4()
    await request(actor, operation_id, wanted)  # type: ignore[operator]
    await running.advance(system(actor.organization_id), operation_id, WORK)
    return operation_id


async def see(actor: Actor, operation_id: UUID) -> Operation:
    return await operations.get_operation(actor, operation_id)


async def fetch(actor: Actor, operation_id: UUID, kinds: set[str] = CLIENTS) -> httpx.Response:
    link = await exports.open_export(actor, operation_id, kinds)
    async with httpx.AsyncClient() as browser:
        return (await browser.get(link)).raise_for_status()


async def rows_of_csv(actor: Actor, operation_id: UUID) -> list[list[str]]:
    text = (await fetch(actor, operation_id)).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


async def add_clients(firm: Firm, *names: str) -> None:
    for name in names:
        await clients.add_client(firm.actor, uuid4(), NewClient(name=name, tin=TIN))


class TestAnExportOfClients:
    async def test_as_csv_holds_all_of_them(self, firm: Firm) -> None:
        await add_clients(firm, *"ZYXWVUT")

        operation_id = await export(firm.actor, ExportFormat.CSV)

        heading, *rows = await rows_of_csv(firm.actor, operation_id)
        assert heading == list(client_exports.HEADINGS)
        assert sorted(row[1] for row in rows) == ["Ada Lovelace", *"TUVWXYZ"]
        operation = await see(firm.actor, operation_id)
        assert operation.state is OperationState.SUCCEEDED
        assert operation.result
        assert operation.result["rows"] == 8

    async def test_as_a_workbook_holds_the_same(self, firm: Firm, tmp_path: Path) -> None:
        await add_clients(firm, *"ZYX", FORMULA)

        operation_id = await export(firm.actor, ExportFormat.XLSX)

        file = tmp_path / "clients.xlsx"
        file.write_bytes((await fetch(firm.actor, operation_id)).content)
        heading, *rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows())
        assert tuple(cell.value for cell in heading) == client_exports.HEADINGS
        assert {str(row[1].value) for row in rows} == {"Ada Lovelace", *"XYZ", FORMULA}
        assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}

    async def test_of_a_firm_without_clients_is_a_heading(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await tx.run("DELETE FROM clients")  # nothing else points at this one

        operation_id = await export(firm.actor, ExportFormat.CSV)

        assert await rows_of_csv(firm.actor, operation_id) == [list(client_exports.HEADINGS)]

    async def test_masks_every_tin(self, firm: Firm) -> None:
        await add_clients(firm, "Grace")

        operation_id = await export(firm.actor, ExportFormat.CSV)

        content = (await fetch(firm.actor, operation_id)).text
        assert "***-**-6789" in content
        assert "45-6789" not in content.replace("***-**-6789", "")
        assert "412456789" not in content

    async def test_defuses_what_looks_like_a_formula(self, firm: Firm) -> None:
        await add_clients(firm, FORMULA)

        operation_id = await export(firm.actor, ExportFormat.CSV)

        names = [row[1] for row in await rows_of_csv(firm.actor, operation_id)]
        assert f"'{FORMULA}" in names
        assert FORMULA not in names

    async def test_holds_nothing_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        await add_clients(other_firm, "Somebody of theirs")

        operation_id = await export(firm.actor, ExportFormat.CSV)

        assert "theirs" not in (await fetch(firm.actor, operation_id)).text

    @pytest.mark.parametrize("role", [Role.SENIOR_CPA, Role.STAFF, Role.CLIENT])
    async def test_is_refused_to_who_may_not(self, firm: Firm, role: Role) -> None:
        with pytest.raises(Forbidden):
            await export((await make.colleague(firm, role)).actor, ExportFormat.CSV)

    async def test_that_is_too_long_for_a_workbook_says_so(
        self, firm: Firm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(spreadsheets, "MAX_ROWS", 1)

        with pytest.raises(exports.TooManyRows):
            await export(firm.actor, ExportFormat.XLSX)


class TestAStepThatRunsAgain:
    @pytest.mark.parametrize("wanted", ExportFormat)
    async def test_leaves_no_row_twice_and_no_gap(
        self, firm: Firm, wanted: ExportFormat, tmp_path: Path
    ) -> None:
        """Each step dies once after it has written and before that is noted."""
        await add_clients(firm, *"ZYXWVUT")
        operation_id = uuid4()
        await client_exports.request_export(firm.actor, operation_id, wanted)
        died: set[int] = set()

        async def clumsy(actor: Actor, job: Job) -> Progress:
            made = await client_exports.export_clients(actor, job)
            if job.step not in died:
                died.add(job.step)
                raise KeyboardInterrupt
            return made

        actor, lives = system(firm.organization_id), 0
        while (await see(firm.actor, operation_id)).state is not OperationState.SUCCEEDED:
            lives += 1
            try:
                await running.advance(actor, operation_id, {client_exports.KIND: clumsy})
            except KeyboardInterrupt:
                continue

        assert lives == len(died) + 1 > 3
        content = (await fetch(firm.actor, operation_id)).content
        if wanted is ExportFormat.CSV:
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            names = [row[1] for row in rows]
        else:
            (tmp_path / "a.xlsx").write_bytes(content)
            sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
            names = [str(row[1].value) for row in sheet.iter_rows()]
        assert names[0] == "Name"
        assert sorted(names[1:]) == ["Ada Lovelace", *"TUVWXYZ"]


class TestTheFile:
    async def test_is_for_who_asked(self, firm: Firm, other_firm: Firm) -> None:
        operation_id = await export(firm.actor, ExportFormat.CSV)
        colleague = (await make.colleague(firm, Role.ADMIN)).actor

        for somebody in (colleague, other_firm.actor):
            with pytest.raises(NotFound):
                await exports.open_export(somebody, operation_id, CLIENTS)

    async def test_is_for_who_may_have_its_kind_still(self, firm: Firm) -> None:
        operation_id = await export(firm.actor, ExportFormat.CSV)

        with pytest.raises(NotFound):
            await exports.open_export(firm.actor, operation_id, {audit_exports.KIND})

    async def test_is_not_there_before_the_export_has_succeeded(self, firm: Firm) -> None:
        operation_id = uuid4()
        await client_exports.request_export(firm.actor, operation_id, ExportFormat.CSV)

        with pytest.raises(ExportNotReady):
            await exports.open_export(firm.actor, operation_id, CLIENTS)

    async def test_is_read_by_a_link_that_can_do_nothing_else(self, firm: Firm) -> None:
        ours = await export(firm.actor, ExportFormat.CSV)
        another = await export(firm.actor, ExportFormat.CSV)
        link = await exports.open_export(firm.actor, ours, CLIENTS)

        async with httpx.AsyncClient() as browser:
            found = await browser.get(link)
            refused = [
                await browser.get(link.replace(str(ours), str(another))),
                await browser.put(link, content=b"x", headers={"x-ms-blob-type": "BlockBlob"}),
                await browser.delete(link),
            ]

        assert found.status_code == 200
        assert found.headers["content-disposition"].startswith('attachment; filename="clients-')
        assert found.headers["content-type"].startswith("text/csv")
        assert [answer.status_code for answer in refused] == [403] * 3

    async def test_is_deleted_with_what_it_was_made_of(self, firm: Firm) -> None:
        operation_id = await export(firm.actor, ExportFormat.XLSX)
        prefix = f"{firm.organization_id}/"
        assert await blob.names(blob.EXPORTS, prefix) == {f"{prefix}{operation_id}.xlsx"}

        for _ in range(2):
            await exports.delete_files(firm.actor, operation_id)

        assert await blob.names(blob.EXPORTS, prefix) == set()

    async def test_is_audited_when_it_is_opened(self, firm: Firm) -> None:
        operation_id = await export(firm.actor, ExportFormat.CSV)

        await exports.open_export(firm.actor, operation_id, CLIENTS)

        async with transaction(firm.actor) as tx:
            opened = await tx.value(
                int,
                "SELECT count(*) FROM audit_entries"
                " WHERE subject_id = %(id)s AND action = 'operation.file_opened'",
                id=operation_id,
            )
        assert opened == 1


class TestAnExportOfTheAuditTrail:
    async def test_holds_the_firms_entries_oldest_first(self, firm: Firm, other_firm: Firm) -> None:
        await add_clients(firm, "Grace")

        operation_id = await export(firm.actor, ExportFormat.CSV, audit_exports.request_export)

        text = (await fetch(firm.actor, operation_id, {audit_exports.KIND})).content
        heading, *rows = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))
        assert tuple(heading) == audit_exports.HEADINGS
        numbers = [int(row[0]) for row in rows]
        assert numbers == sorted(numbers)
        assert "client.added" in {row[2] for row in rows}
        assert str(other_firm.client_id) not in {row[3] for row in rows}

    @pytest.mark.parametrize("role", [Role.SENIOR_CPA, Role.CLIENT])
    async def test_is_refused_to_who_may_not(self, firm: Firm, role: Role) -> None:
        with pytest.raises(Forbidden):
            await export(
                (await make.colleague(firm, role)).actor,
                ExportFormat.CSV,
                audit_exports.request_export,
            )


async def test_a_large_export_is_a_security_event(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.compliance.watch.MASS_EXPORT", 1)
    await add_clients(firm, "Grace")

    await export(firm.actor, ExportFormat.CSV)

    async with transaction(firm.actor) as tx:
        told = await tx.value(
            int, "SELECT count(*) FROM security_events WHERE kind = 'mass_export'"
        )
    assert told == 1


async def test_what_was_cancelled_leaves_no_file(firm: Firm) -> None:
    operation_id = uuid4()
    await client_exports.request_export(firm.actor, operation_id, ExportFormat.CSV)
    async with transaction(firm.actor) as tx:
        await queries.mark_running(tx, operation_id)
    await operations.cancel_operation(firm.actor, operation_id)

    await running.advance(system(firm.organization_id), operation_id, WORK)

    assert await blob.names(blob.EXPORTS, f"{firm.organization_id}/") == set()
