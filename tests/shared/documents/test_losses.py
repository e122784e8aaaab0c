"""What storage has lost, at every point of a document's way, and what never came."""

import asyncio
from uuid import UUID

import pytest

from shared.documents import corrections, intake, review, storage, sweep, views
from shared.documents.errors import NotCorrectable, ReviewNotOpen
from shared.documents.kinds import DocumentKind
from shared.documents.models import (
    Accept,
    DocumentState,
    DocumentView,
    FieldCorrection,
    Reject,
    RunToStart,
)
from shared.documents.storage import upload_name
from shared.platform import blob, storage_account
from shared.platform.db import transaction
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import (
    CloudReaderMissing,
    CloudReaderRefusedFile,
    CloudReaderTooSlow,
    CloudReaderUnavailable,
    Page,
)
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm

SENT = b"what the client sent"
READING = "1/reading"
CORRECTION = FieldCorrection(value="Ada King")


async def lose(firm: Firm, document_id: UUID, *derived: str, upload: bool = False) -> None:
    name = upload_name(firm.organization_id, document_id)
    gone = [(blob.DERIVED, f"{name}/{each}") for each in derived]
    gone += [(blob.UPLOADS, name)] if upload else []
    for container, each in gone:
        await storage_account.service().get_blob_client(container, each).delete_blob()


async def look(firm: Firm, document_id: UUID) -> DocumentView:
    return await views.get_document(firm.actor, document_id)


async def facts(firm: Firm, document_id: UUID) -> dict[str, int]:
    """How often each thing was said, in the outbox and in the audit trail."""
    async with transaction(firm.actor) as tx:
        told = await tx.value(
            list,
            """
            SELECT array_agg(said) FROM (
                SELECT topic AS said FROM outbox_events WHERE subject_id = %(id)s
                UNION ALL
                SELECT 'audit ' || action FROM audit_entries WHERE subject_id = %(id)s) AS all_of
            """,
            id=document_id,
        )
    said = list(map(str, told))
    return {each: said.count(each) for each in said}


async def announced_again(firm: Firm, document: DocumentView) -> UUID:
    new = make.new_upload(firm, SENT, document.name)
    upload = await intake.reserve_upload(firm.actor, new)
    assert upload.upload_url
    return upload.document_id


async def sent_again(firm: Firm, document_id: UUID) -> DocumentView:
    await make.put(firm, document_id, SENT)
    run = await intake.receive_blob(firm.organization_id, document_id)
    assert run
    await make.carry_out_run(make.job_of(firm, run))
    return await look(firm, document_id)


def is_lost(document: DocumentView) -> bool:
    return (
        (document.state, document.code) == (DocumentState.EXPECTED, "upload_lost")
        and [each.rule for each in document.findings].count("upload_lost") == 1
        and "again" in (document.detail or "")
    )


class TestAnUploadThatAStepMisses:
    @pytest.mark.parametrize("done", [(), ("measure_document",)], ids=["measuring", "reading"])
    async def test_is_expected_again(
        self, firm: Firm, reader: FakeReader, done: tuple[str, ...]
    ) -> None:
        job = await make.received(firm, SENT)
        for name in done:
            await make.STEPS[name](job.model_dump(mode="json"))
        await lose(firm, job.document_id, upload=True)

        assert await make.carry_out_run(job) == "expected"

        document = await look(firm, job.document_id)
        assert is_lost(document)
        assert [(run.outcome, run.code) for run in document.runs] == [("upload_lost",) * 2]
        said = await facts(firm, job.document_id)
        assert said["document.upload_lost"] == said["audit document.upload_lost"] == 1

    async def test_is_lost_once_however_often_the_step_runs(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        job = await make.received(firm, SENT)
        await lose(firm, job.document_id, upload=True)

        assert [await make.carry_out_run(job) for _ in range(2)] == ["expected"] * 2

        assert (await facts(firm, job.document_id))["document.upload_lost"] == 1

    async def test_is_read_when_it_is_sent_again(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.tax_return())
        job = await make.received(firm, SENT)
        await lose(firm, job.document_id, upload=True)
        await make.carry_out_run(job)

        assert await announced_again(firm, await look(firm, job.document_id)) == job.document_id
        document = await sent_again(firm, job.document_id)

        assert (document.state, document.code) == (DocumentState.ACCEPTED, None)
        assert [run.outcome for run in document.runs] == ["upload_lost", "accepted"]

    async def test_is_found_by_the_sweep_when_it_is_sent_again_without_an_event(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        job = await make.received(firm, SENT)
        await lose(firm, job.document_id, upload=True)
        await make.carry_out_run(job)
        await make.put(firm, job.document_id, SENT)

        found = await sweep.receive_unannounced(firm.organization_id)

        assert found == [RunToStart(document_id=job.document_id, number=2)]

    async def test_that_comes_back_under_its_old_etag_is_read(
        self, firm: Firm, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        job = await make.received(firm, SENT)
        name = upload_name(firm.organization_id, job.document_id)
        before = await blob.properties(blob.UPLOADS, name)
        await lose(firm, job.document_id, upload=True)
        await make.carry_out_run(job)
        await make.put(firm, job.document_id, SENT)

        async def same(_container: str, _name: str) -> blob.BlobProperties:
            return before

        monkeypatch.setattr(blob, "properties", same)
        first = await intake.receive_blob(firm.organization_id, job.document_id)
        late = await intake.receive_blob(firm.organization_id, job.document_id)

        assert first
        assert (first.number, late) == (2, None)
        assert await make.carry_out_run(make.job_of(firm, first)) == "accepted"

    async def test_is_waited_for_as_long_as_a_new_announcement(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        job = await make.received(firm, SENT)
        await grow_old(firm, job.document_id, "9 days")
        await lose(firm, job.document_id, upload=True)
        await make.carry_out_run(job)

        await sweep.receive_unannounced(firm.organization_id)

        assert is_lost(await look(firm, job.document_id))

    async def test_a_late_event_about_the_lost_blob_changes_nothing(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        job = await make.received(firm, SENT)
        await lose(firm, job.document_id, upload=True)
        await make.carry_out_run(job)

        assert await intake.receive_blob(firm.organization_id, job.document_id) is None
        assert is_lost(await look(firm, job.document_id))

    async def test_with_its_container_is_a_storage_account_out_of_order(
        self, firm: Firm, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Every document of every firm would be lost at once."""
        job = await make.received(firm, SENT)
        monkeypatch.setattr(blob, "UPLOADS", "misspelt")

        with pytest.raises(storage_account.StorageUnavailable):
            await make.STEPS["measure_document"](job.model_dump(mode="json"))


class TestAnUploadLostAfterItsRunHasEnded:
    async def test_is_expected_again_and_its_values_stay_readable(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        before = await make.processed(firm, SENT)
        assert before.state is DocumentState.ACCEPTED
        await lose(firm, before.id, upload=True)

        await sweep.check_blobs(firm.organization_id)

        document = await look(firm, before.id)
        assert is_lost(document)
        assert document.fields == before.fields
        assert [run.outcome for run in document.runs] == ["accepted"]

    async def test_is_what_it_was_when_the_same_bytes_come_again(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm, SENT)
        await corrections.correct_field(
            firm.actor, document.id, document.version, "employee_name", CORRECTION
        )
        before = await look(firm, document.id)

        await self.lost_and_returned(firm, document.id)

        after = await look(firm, document.id)
        assert after == before.model_copy(update={"version": after.version})
        assert after.fields["employee_name"].value == CORRECTION.value
        said = await facts(firm, document.id)
        assert said["document.upload_returned"] == said["audit document.upload_returned"] == 1
        assert (said["document.received"], said["document.accepted"]) == (1, 1)

    async def test_is_known_by_its_bytes_when_the_file_was_renamed(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm, SENT)
        await lose(firm, document.id, upload=True)
        await sweep.check_blobs(firm.organization_id)

        renamed = make.new_upload(firm, SENT, "w2 (1).pdf")

        assert (await intake.reserve_upload(firm.actor, renamed)).document_id == document.id

    async def test_is_looked_for_again_once_it_has_returned(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm, SENT)

        for _ in range(2):
            await self.lost_and_returned(firm, document.id)

        assert (await look(firm, document.id)).state is DocumentState.ACCEPTED

    async def test_waits_for_the_same_review_when_it_has_returned(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.letter())
        before = await make.processed(firm, SENT)

        await self.lost_and_returned(firm, before.id)

        document = await look(firm, before.id)
        assert (document.state, document.code) == (DocumentState.NEEDS_REVIEW, before.code)
        assert await sweep.list_unread_decisions(firm.organization_id) == []
        _, waiting = await review.decide_document(
            firm.actor, document.id, document.version, Accept(verdict="accepted")
        )
        assert waiting == [RunToStart(document_id=document.id, number=1)]

    async def test_ends_the_review_when_something_else_comes(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.letter())
        document = await make.processed(firm, SENT)
        await lose(firm, document.id, upload=True)
        await sweep.check_blobs(firm.organization_id)
        await make.put(firm, document.id, b"something else")

        await intake.receive_blob(firm.organization_id, document.id)

        after = await look(firm, document.id)
        assert (after.state, after.code) == (DocumentState.REJECTED, "upload_mismatch")
        waiting = await sweep.list_unread_decisions(firm.organization_id)
        assert waiting == [RunToStart(document_id=document.id, number=1)]

    @staticmethod
    async def lost_and_returned(firm: Firm, document_id: UUID) -> None:
        """Two events tell of the bytes that come again; nothing is left to be read."""
        await lose(firm, document_id, upload=True)
        await sweep.check_blobs(firm.organization_id)
        assert await announced_again(firm, await look(firm, document_id)) == document_id
        await make.put(firm, document_id, SENT)
        events = [intake.receive_blob(firm.organization_id, document_id) for _ in range(2)]
        assert await asyncio.gather(*events) == [None, None]

    async def test_of_a_failed_document_is_expected_again(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.error = RuntimeError("a bug of ours")
        document = await make.processed(firm, SENT)
        await lose(firm, document.id, upload=True)

        await sweep.check_blobs(firm.organization_id)

        assert is_lost(await look(firm, document.id))

    async def test_of_a_duplicate_or_of_a_rejected_document_is_let_go(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.letter())
        rejected = await make.processed(firm, b"a letter")
        await review.decide_document(
            firm.actor, rejected.id, rejected.version, Reject(verdict="rejected")
        )
        original, copy = [await make.received(firm, SENT) for _ in range(2)]
        for job in (original, copy):
            await make.carry_out_run(job)
        for document_id in (rejected.id, copy.document_id):
            await lose(firm, document_id, upload=True)

        await sweep.check_blobs(firm.organization_id)

        assert (await look(firm, copy.document_id)).state is DocumentState.DUPLICATE
        assert (await look(firm, rejected.id)).state is DocumentState.REJECTED

    async def test_is_looked_for_once(self, firm: Firm, reader: FakeReader, at_once: None) -> None:
        reader.reading = readings.reading(readings.tax_return())
        document = await make.processed(firm, SENT)
        assert firm.organization_id in await sweep.list_organizations_due()
        await sweep.check_blobs(firm.organization_id)
        assert firm.organization_id not in await sweep.list_organizations_due()
        await lose(firm, document.id, upload=True)

        await sweep.check_blobs(firm.organization_id)

        assert (await look(firm, document.id)).state is DocumentState.ACCEPTED

    async def test_is_not_looked_for_before_storage_has_had_time_to_lose_it(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        document = await make.processed(firm, SENT)
        await lose(firm, document.id, upload=True)

        await sweep.check_blobs(firm.organization_id)

        assert (await look(firm, document.id)).state is DocumentState.ACCEPTED

    async def test_does_not_keep_the_documents_after_it_from_their_turn(
        self, firm: Firm, reader: FakeReader, at_once: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        made = sorted([(await make.processed(firm, bytes([n]) * 9)).id for n in range(3)])
        usual = storage.has_upload

        async def away_for_the_first(actor: object, document_id: UUID) -> bool:
            if document_id == made[0]:
                raise storage_account.StorageUnavailable("away")
            return await usual(firm.actor, document_id)

        for document_id in made:
            await lose(firm, document_id, upload=True)
        monkeypatch.setattr(storage, "has_upload", away_for_the_first)
        with pytest.raises(ExceptionGroup):
            await sweep.check_blobs(firm.organization_id)
        monkeypatch.undo()

        assert [is_lost(await look(firm, each)) for each in made] == [False, True, True]

    async def test_of_another_firm_is_not_touched(
        self, firm: Firm, other_firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        theirs = await make.processed(other_firm, SENT)
        await lose(other_firm, theirs.id, upload=True)

        await sweep.check_blobs(firm.organization_id)

        assert (await look(other_firm, theirs.id)).state is DocumentState.ACCEPTED


class TestAPacket:
    async def test_that_is_lost_while_it_is_read_leaves_no_part_on_the_way(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2(), readings.tax_return(number=2))
        job = await make.received(firm, SENT)
        for name in ("measure_document", "read_document", "classify_document"):
            await make.STEPS[name](job.model_dump(mode="json"))
        await lose(firm, job.document_id, READING, upload=True)
        assert await make.carry_out_run(job) == "expected"

        document = await look(firm, job.document_id)

        assert is_lost(document)
        assert {part.state for part in document.children} == {DocumentState.FAILED}

    async def test_that_is_lost_after_it_was_accepted_shows_its_parts(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.w2(), readings.tax_return(number=2))
        before = await make.processed(firm, SENT)
        await lose(firm, before.id, upload=True)

        await sweep.check_blobs(firm.organization_id)

        document = await look(firm, before.id)
        assert is_lost(document)
        assert len(document.children) == 2
        assert document.children == before.children

    async def test_that_is_lost_hears_of_no_change_to_its_parts(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        """It would be back in review, and nobody would send the file again."""
        reader.reading = readings.reading(readings.w2(box_4="2000.00"), readings.tax_return(2))
        before = await make.processed(firm, SENT)
        part = before.children[0]
        assert part.state is DocumentState.NEEDS_REVIEW
        await lose(firm, before.id, upload=True)
        await sweep.check_blobs(firm.organization_id)
        args = firm.actor, part.document_id, part.version

        with pytest.raises(NotCorrectable):
            await corrections.correct_field(*args, "employee_name", CORRECTION)
        with pytest.raises(NotCorrectable):
            await corrections.change_kind(*args, DocumentKind.K1)
        with pytest.raises(ReviewNotOpen):
            await review.decide_document(*args, Accept(verdict="accepted"))

        assert is_lost(await look(firm, before.id))


class TestWhatWasMadeOfAFile:
    @pytest.fixture
    def page(self, reader: FakeReader) -> Page:
        reader.reading = readings.reading(readings.w2())
        return reader.reading.pages[0]

    @pytest.mark.parametrize(
        ("done", "gone"),
        [
            (("measure_document", "read_document"), READING),
            (("measure_document", "read_document", "classify_document"), READING),
            (("measure_document", "read_document", "classify_document"), "1/1.png"),
        ],
        ids=["classifying", "extracting", "masking"],
    )
    async def test_is_made_again_by_the_step_that_misses_it(
        self, firm: Firm, reader: FakeReader, page: Page, done: tuple[str, ...], gone: str
    ) -> None:
        job = await make.received(firm, SENT)
        for name in done:
            await make.STEPS[name](job.model_dump(mode="json"))
        await lose(firm, job.document_id, gone)

        rest = [
            name
            for name in (
                "classify_document",
                "extract_document",
                "validate_document",
                "mask_pages",
                "decide_review",
            )
            if name not in done
        ]
        answers = [await make.STEPS[name](job.model_dump(mode="json")) for name in rest]

        assert not [each for each in answers if each and "refused" in each]
        assert (await look(firm, job.document_id)).state is DocumentState.ACCEPTED
        assert await storage.read_image(firm.actor, job.document_id, 1, 1, is_masked=True)

    @pytest.mark.parametrize("gone", [READING, "1/1.png", "1/1.masked.png"])
    async def test_is_made_again_by_the_sweep_and_values_stay(
        self, firm: Firm, reader: FakeReader, page: Page, at_once: None, gone: str
    ) -> None:
        document = await make.processed(firm, SENT)
        assert document.state is DocumentState.ACCEPTED
        await lose(firm, document.id, gone)

        await sweep.check_blobs(firm.organization_id)

        after = await look(firm, document.id)
        assert after == document
        name = f"{upload_name(firm.organization_id, document.id)}/{gone}"
        assert await blob.read(blob.DERIVED, name)

    async def test_is_made_again_when_it_is_lost_once_more(
        self, firm: Firm, reader: FakeReader, page: Page, at_once: None
    ) -> None:
        """What was just made again is as young as what was lost."""
        document = await make.processed(firm, SENT)
        name = f"{upload_name(firm.organization_id, document.id)}/{READING}"

        for _ in range(2):
            await lose(firm, document.id, READING)
            await sweep.check_blobs(firm.organization_id)

        assert await blob.read(blob.DERIVED, name)

    async def test_is_not_made_again_without_need(
        self, firm: Firm, reader: FakeReader, page: Page, at_once: None
    ) -> None:
        await make.processed(firm, SENT)

        await sweep.check_blobs(firm.organization_id)

        assert len(reader.read_files) == 1

    async def test_is_expected_again_when_its_upload_is_lost_meanwhile(
        self,
        firm: Firm,
        reader: FakeReader,
        page: Page,
        at_once: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        document = await make.processed(firm, SENT)
        await lose(firm, document.id, READING, upload=True)

        async def a_moment_ago(*_: object) -> bool:
            return True

        monkeypatch.setattr(storage, "has_upload", a_moment_ago)
        await sweep.check_blobs(firm.organization_id)

        assert is_lost(await look(firm, document.id))

    @pytest.mark.parametrize("error", [CloudReaderTooSlow, CloudReaderMissing])
    async def test_is_made_again_when_the_cloud_reader_is_back(
        self,
        firm: Firm,
        reader: FakeReader,
        page: Page,
        at_once: None,
        error: type[CloudReaderUnavailable],
    ) -> None:
        document = await make.processed(firm, SENT)
        await lose(firm, document.id, READING)
        reader.error = error("away")
        with pytest.RaisesGroup(error):
            await sweep.check_blobs(firm.organization_id)
        reader.error = None

        await sweep.check_blobs(firm.organization_id)

        assert await blob.read(
            blob.DERIVED, f"{upload_name(firm.organization_id, document.id)}/{READING}"
        )

    async def test_is_looked_for_once_when_nobody_can_make_it_again(
        self, firm: Firm, reader: FakeReader, page: Page, at_once: None
    ) -> None:
        document = await make.processed(firm, SENT)
        await lose(firm, document.id, READING)
        reader.error = CloudReaderRefusedFile("too large for it")

        await sweep.check_blobs(firm.organization_id)

        assert firm.organization_id not in await sweep.list_organizations_due()

    async def test_keeps_a_reading_that_is_still_there(
        self, firm: Firm, reader: FakeReader, page: Page, at_once: None
    ) -> None:
        """Somebody may have paid for it."""
        document = await make.processed(firm, SENT)
        name = f"{upload_name(firm.organization_id, document.id)}/{READING}"
        before = await blob.properties(blob.DERIVED, name)
        await lose(firm, document.id, "1/1.png")

        await sweep.check_blobs(firm.organization_id)

        assert await blob.properties(blob.DERIVED, name) == before


class TestAnUploadThatNeverComes:
    async def test_is_given_up_once_a_day_after_its_link_has_expired(
        self, firm: Firm, storage: None
    ) -> None:
        document_id = await make.expected(firm)
        await grow_old(firm, document_id, "1 day 16 minutes")

        for _ in range(2):
            assert await sweep.receive_unannounced(firm.organization_id) == []

        document = await look(firm, document_id)
        assert (document.state, document.code) == (DocumentState.EXPECTED, "upload_never_came")
        assert [(each.rule, each.severity) for each in document.findings] == [
            ("upload_never_came", "warn")
        ]
        said = await facts(firm, document_id)
        assert said["document.upload_missing"] == said["audit document.upload_missing"] == 1
        assert firm.organization_id not in await sweep.list_organizations_due()

    async def test_is_waited_for_until_then(self, firm: Firm, storage: None) -> None:
        document_id = await make.expected(firm)
        await grow_old(firm, document_id, "1 day 14 minutes")

        await sweep.receive_unannounced(firm.organization_id)

        assert (await look(firm, document_id)).code is None
        assert firm.organization_id in await sweep.list_organizations_due()

    async def test_is_taken_even_then_when_it_lies_there(self, firm: Firm, storage: None) -> None:
        """The host was away for days, and so were the events."""
        document_id = await make.uploaded(firm)
        await grow_old(firm, document_id, "9 days")

        found = await sweep.receive_unannounced(firm.organization_id)

        assert found == [RunToStart(document_id=document_id, number=1)]
        assert (await look(firm, document_id)).state is DocumentState.RECEIVED

    async def test_is_expected_as_before_when_it_is_announced_again(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        new = make.new_upload(firm, SENT)
        document_id = (await intake.reserve_upload(firm.actor, new)).document_id
        await grow_old(firm, document_id, "2 days")
        await sweep.receive_unannounced(firm.organization_id)

        again = await intake.reserve_upload(firm.actor, new)

        assert again.document_id == document_id
        assert again.upload_url
        assert (await look(firm, document_id)).code is None
        await sweep.receive_unannounced(firm.organization_id)
        assert (await look(firm, document_id)).code is None
        assert (await sent_again(firm, document_id)).state is DocumentState.ACCEPTED

    async def test_is_given_up_anew_when_it_does_not_come_the_second_time_either(
        self, firm: Firm, storage: None
    ) -> None:
        new = make.new_upload(firm, SENT)
        document_id = (await intake.reserve_upload(firm.actor, new)).document_id
        for _ in range(2):
            await intake.reserve_upload(firm.actor, new)
            await grow_old(firm, document_id, "2 days")
            await sweep.receive_unannounced(firm.organization_id)

        assert (await facts(firm, document_id))["document.upload_missing"] == 2

    async def test_of_another_firm_is_left_to_it(
        self, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        document_id = await make.expected(other_firm)
        await grow_old(other_firm, document_id, "2 days")

        await sweep.receive_unannounced(firm.organization_id)

        assert (await look(other_firm, document_id)).code is None


async def grow_old(firm: Firm, document_id: UUID, age: str) -> None:
    async with transaction(firm.actor) as tx:
        await tx.run(
            """
            UPDATE documents SET announced_at = now() - %(age)s::interval WHERE id = %(id)s
            """,
            age=age,
            id=document_id,
        )
