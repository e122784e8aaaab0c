from datetime import timedelta
from uuid import UUID

import pytest

from shared.documents import review, sweep, views
from shared.documents.models import Accept, DocumentState, RunToStart
from shared.platform import blob, storage_account
from shared.platform.settings import settings
from shared.vendors.fakes import FakeReader
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm


async def test_a_blob_that_no_event_announced_is_found(
    firm: Firm, storage: None, at_once: None
) -> None:
    document_id = await make.uploaded(firm)
    await make.expected(firm)

    found = await sweep.receive_unannounced(firm.organization_id)

    assert found == [RunToStart(document_id=document_id, number=1)]
    assert await sweep.receive_unannounced(firm.organization_id) == []


async def test_what_is_stuck_does_not_stand_before_what_is_not(
    firm: Firm, storage: None, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "PAGE", 2)
    stuck = [await make.expected(firm) for _ in range(5)]
    uploaded = {await make.uploaded(firm) for _ in range(3)}

    found = await sweep.receive_unannounced(firm.organization_id)
    silent = await sweep.list_silent_runs(firm.organization_id)

    assert {run.document_id for run in found} == uploaded
    assert {run.document_id for run in silent} == uploaded
    assert not uploaded & set(stuck)


async def test_a_blob_that_storage_refuses_keeps_no_other_waiting(
    firm: Firm, storage: None, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, *others = sorted([await make.uploaded(firm) for _ in range(3)])
    refuse(monkeypatch, refused)
    begun: list[UUID] = []

    async def begin(run: RunToStart) -> None:
        begun.append(run.document_id)

    with pytest.RaisesGroup(storage_account.StorageUnavailable):
        await sweep.receive_unannounced(firm.organization_id, begin)

    states = [(await views.get_document(firm.actor, each)).state for each in (refused, *others)]
    assert states == [DocumentState.EXPECTED, DocumentState.RECEIVED, DocumentState.RECEIVED]
    assert sorted(begun) == others


async def test_a_blob_that_storage_refuses_is_not_given_up(
    firm: Firm, storage: None, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be there."""
    refused, never_sent = await make.uploaded(firm), await make.expected(firm)
    monkeypatch.setattr(sweep, "GIVEN_UP_AFTER", timedelta(seconds=-1))
    refuse(monkeypatch, refused)

    with pytest.RaisesGroup(storage_account.StorageUnavailable):
        await sweep.receive_unannounced(firm.organization_id)

    assert (await views.get_document(firm.actor, refused)).code is None
    assert (await views.get_document(firm.actor, never_sent)).code == "upload_never_came"


def refuse(monkeypatch: pytest.MonkeyPatch, document_id: UUID) -> None:
    usual = blob.properties

    async def properties(container: str, name: str) -> blob.BlobProperties:
        if name.endswith(str(document_id)):
            raise storage_account.StorageUnavailable("Blob Storage answered 409")
        return await usual(container, name)

    monkeypatch.setattr(blob, "properties", properties)


async def test_a_fresh_announcement_is_given_time(firm: Firm, storage: None) -> None:
    await make.uploaded(firm)

    assert settings().sweep_unannounced_after > 10
    assert await sweep.receive_unannounced(firm.organization_id) == []


async def test_a_run_that_has_gone_silent_is_found(
    firm: Firm, storage: None, at_once: None
) -> None:
    job = await make.received(firm)

    found = await sweep.list_silent_runs(firm.organization_id)

    assert found == [RunToStart(document_id=job.document_id, number=1)]


async def test_a_run_that_has_ended_is_not_silent(
    firm: Firm, reader: FakeReader, at_once: None
) -> None:
    reader.reading = readings.reading(readings.tax_return())
    await make.processed(firm)

    assert await sweep.list_silent_runs(firm.organization_id) == []


async def test_a_decision_nobody_was_woken_for_is_found_until_it_is_read(
    firm: Firm, reader: FakeReader
) -> None:
    reader.reading = readings.reading(readings.letter())
    document = await make.processed(firm)
    await review.decide_document(
        firm.actor, document.id, document.version, Accept(verdict="accepted")
    )

    unread = await sweep.list_unread_decisions(firm.organization_id)
    await review.read_decision(firm.actor, document.id, 1)

    assert unread == [RunToStart(document_id=document.id, number=1)]
    assert await sweep.list_unread_decisions(firm.organization_id) == []


async def test_only_firms_with_something_on_the_way_are_due(
    firm: Firm, other_firm: Firm, storage: None
) -> None:
    await make.expected(firm)

    due = await sweep.list_organizations_due()

    assert firm.organization_id in due
    assert other_firm.organization_id not in due
