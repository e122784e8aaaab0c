"""What arrives under a document's name: what was announced, or something else, once or again."""

import asyncio
import gzip
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.documents import corrections, intake, review, storage, views
from shared.documents.models import (
    Accept,
    DocumentState,
    DocumentView,
    FieldCorrection,
    NewUpload,
    Upload,
)
from shared.documents.storage import upload_name
from shared.platform import blob
from shared.platform.db import transaction
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import Reading
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm

SENT = b"what was announced"
OTHER = b"something else now"  # as long
WITHOUT_CONDITION = {"x-ms-blob-type": "BlockBlob"}


async def announced(firm: Firm, content: bytes = SENT) -> tuple[NewUpload, Upload]:
    new = make.new_upload(firm, content)
    return new, await intake.reserve_upload(firm.actor, new)


async def put(upload: Upload, content: bytes, headers: dict[str, str] | None = None) -> int:
    assert upload.upload_url
    async with httpx.AsyncClient() as client:
        answer = await client.put(
            upload.upload_url, content=content, headers=headers or upload.upload_headers
        )
    return answer.status_code


async def followed(firm: Firm, document_id: UUID) -> DocumentView:
    """As the event of its blob would have it."""
    run = await intake.receive_blob(firm.organization_id, document_id)
    if run:
        await make.carry_out_run(make.job_of(firm, run))
    return await views.get_document(firm.actor, document_id)


async def topics(firm: Firm) -> list[str]:
    async with transaction(firm.actor) as tx:
        found = await tx.value(list, "SELECT array_agg(topic ORDER BY id) FROM outbox_events")
    return list(map(str, found))


class TestAnUploadThatIsNotWhatWasAnnounced:
    @pytest.mark.parametrize("sent", [b"shorter", SENT + b", and more", b""])
    async def test_in_size_is_rejected_when_it_arrives(
        self, firm: Firm, reader: FakeReader, sent: bytes
    ) -> None:
        _, upload = await announced(firm)
        assert await put(upload, sent) == 201

        document = await followed(firm, upload.document_id)

        assert (document.state, document.code) == (DocumentState.REJECTED, "upload_mismatch")
        assert document.detail == f"It has {len(sent)} bytes; {len(SENT)} were announced"
        assert [run.code for run in document.runs] == ["upload_mismatch"]
        assert await topics(firm) == ["document.received", "document.rejected"]
        assert reader.measured == []

    async def test_in_its_bytes_is_rejected_when_it_is_measured(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        _, upload = await announced(firm)
        await put(upload, OTHER)

        document = await followed(firm, upload.document_id)

        assert (document.state, document.code) == (DocumentState.REJECTED, "upload_mismatch")
        assert "SHA-256" in (document.detail or "")
        assert (reader.measured, reader.read_files) == ([], [])

    async def test_called_packed_is_not_unpacked(
        self, firm: Firm, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A megabyte of it may unpack to three thousand; only the packed bytes were measured."""
        inside = bytes(10 * 2**20)
        packed = gzip.compress(inside)
        monkeypatch.setattr(storage, "MAX_UPLOAD_BYTES", len(packed))
        told = sha256(inside).hexdigest()
        new = make.new_upload(firm, packed).model_copy(update={"sha256": told})
        upload = await intake.reserve_upload(firm.actor, new)
        headers = upload.upload_headers | {"x-ms-blob-content-encoding": "gzip"}
        assert await put(upload, packed, headers) == 201

        document = await followed(firm, upload.document_id)

        assert (document.state, document.code) == (DocumentState.REJECTED, "upload_mismatch")
        assert reader.measured == []

    async def test_stays_where_it_is_and_the_next_announcement_is_another_document(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        new, upload = await announced(firm)
        await put(upload, OTHER)
        await followed(firm, upload.document_id)

        again = await intake.reserve_upload(firm.actor, new)

        assert again.document_id != upload.document_id
        assert again.upload_url
        name = upload_name(firm.organization_id, upload.document_id)
        assert await blob.read(blob.UPLOADS, name) == OTHER

    async def test_proves_nothing_about_the_announced_bytes(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """Nobody makes us say "you already have it" by sending something else."""
        new, upload = await announced(firm)
        await put(upload, OTHER)
        await followed(firm, upload.document_id)

        assert not (await intake.reserve_upload(firm.actor, new)).already_received


class TestALinkUsedTwice:
    @pytest.mark.parametrize("headers", [None, WITHOUT_CONDITION], ids=["as told", "without"])
    @pytest.mark.parametrize("second", [SENT, OTHER], ids=["same", "other"])
    async def test_replaces_nothing(
        self, firm: Firm, reader: FakeReader, headers: dict[str, str] | None, second: bytes
    ) -> None:
        _, upload = await announced(firm)
        assert await put(upload, SENT) == 201

        assert await put(upload, second, headers) in (403, 409)
        name = upload_name(firm.organization_id, upload.document_id)
        assert await blob.read(blob.UPLOADS, name) == SENT

    async def test_at_the_same_moment_ends_with_the_announced_bytes_or_none(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """Azurite lets them all in when they come without the condition."""
        reader.reading = readings.reading(readings.tax_return())
        _, upload = await announced(firm)
        sent = [put(upload, each, WITHOUT_CONDITION) for each in (SENT, OTHER, SENT, OTHER)]

        assert 201 in await asyncio.gather(*sent)

        document = await followed(firm, upload.document_id)
        name = upload_name(firm.organization_id, upload.document_id)
        is_ours = await blob.read(blob.UPLOADS, name) == SENT
        assert document.state == (DocumentState.ACCEPTED if is_ours else DocumentState.REJECTED)
        assert document.code == (None if is_ours else "upload_mismatch")

    async def test_for_another_sort_of_blob_is_rejected_unread(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """A page blob may say it is a terabyte and hold nothing."""
        _, upload = await announced(firm)
        terabyte = {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": str(2**40)}
        assert await put(upload, b"", terabyte) == 201

        document = await followed(firm, upload.document_id)

        assert (document.state, document.code) == (DocumentState.REJECTED, "document_too_large")
        assert reader.measured == []


class TestABlobSomebodyReplaced:
    """Not through a link: by somebody with the account's key."""

    async def test_before_it_is_measured_is_not_read(self, firm: Firm, reader: FakeReader) -> None:
        job = await make.received(firm, SENT)
        await make.put(firm, job.document_id, OTHER)

        assert await make.carry_out_run(job) == "rejected"
        assert reader.measured == []

    async def test_between_two_steps_is_not_read(self, firm: Firm, reader: FakeReader) -> None:
        job = await make.received(firm, SENT)
        await make.STEPS["measure_document"](job.model_dump(mode="json"))
        await make.put(firm, job.document_id, OTHER)

        assert await make.carry_out_run(job) == "rejected"
        assert reader.read_files == []

    async def test_with_other_bytes_after_it_was_accepted_is_rejected(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        document = await make.processed(firm, SENT)
        await make.put(firm, document.id, OTHER)

        after = await followed(firm, document.id)

        assert (after.state, after.code) == (DocumentState.REJECTED, "upload_mismatch")
        assert [run.outcome for run in after.runs] == ["accepted", "rejected"]

    @pytest.mark.parametrize("decided", [False, True], ids=["asked", "decided"])
    async def test_with_the_same_bytes_changes_nothing(
        self, firm: Firm, reader: FakeReader, *, decided: bool
    ) -> None:
        reader.reading = unsure()
        document = await make.processed(firm, SENT)
        await corrections.correct_field(
            firm.actor, document.id, document.version, "box_2", FieldCorrection(value="6000.00")
        )
        document = await views.get_document(firm.actor, document.id)
        if decided:
            await review.decide_document(
                firm.actor, document.id, document.version, Accept(verdict="accepted")
            )
        before = await views.get_document(firm.actor, document.id)
        await make.put(firm, document.id, SENT)

        assert await intake.receive_blob(firm.organization_id, document.id) is None
        assert await views.get_document(firm.actor, document.id) == before

    async def test_by_the_announced_bytes_in_the_end_is_read(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        _, upload = await announced(firm)
        await put(upload, OTHER)
        await followed(firm, upload.document_id)
        await make.put(firm, upload.document_id, SENT)

        assert (await followed(firm, upload.document_id)).state is DocumentState.ACCEPTED


def unsure() -> Reading:
    return readings.reading(readings.w2(box_4="2000.00"))


class TestFetching:
    async def test_another_firms_upload_finds_nothing(
        self, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        document_id = await make.uploaded(firm, SENT)

        assert await intake.receive_blob(other_firm.organization_id, document_id) is None
        assert await has_upload(other_firm, document_id) is False


async def has_upload(firm: Firm, document_id: UUID) -> Any:
    return await storage.has_upload(firm.actor, document_id)
