"""What happens when two things happen to a document at once, or one after the other."""

import asyncio
from typing import Any

from psycopg.errors import DeadlockDetected

from orchestrations.document_processing.messages import DocumentJob
from orchestrations.document_processing.orchestrator import process_document_v1
from shared.documents import corrections, intake, review, storage, sweep, views
from shared.documents.kinds import DocumentKind
from shared.documents.models import Accept, DocumentState, Measured
from shared.platform.db import transaction
from shared.vendors.fakes import FakeReader
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm
from tests.orchestrations.drive import FakeContext, run
from tests.shared.documents.test_late_steps import look, packet, reread, step

ACCEPT = Accept(verdict="accepted")


async def topics(firm: Firm) -> list[str]:
    async with transaction(firm.actor) as tx:
        return await tx.value(list, "SELECT array_agg(topic ORDER BY id) FROM outbox_events")


class TestDeadlocks:
    async def test_part_and_file_decided_at_once(self, firm: Firm, reader: FakeReader) -> None:
        found: list[Any] = []
        for _ in range(4):
            seen = await packet(firm, reader)
            part = seen.children[0]
            found += await asyncio.gather(
                review.decide_document(firm.actor, part.document_id, part.version, ACCEPT),
                review.decide_document(firm.actor, seen.id, seen.version, ACCEPT),
                return_exceptions=True,
            )
        causes = [each.__cause__ for each in found if isinstance(each, Exception)]
        assert not [each for each in causes if isinstance(each, DeadlockDetected)]

    async def test_a_copy_and_its_original_measured_at_once(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        found: list[Any] = []
        for turn in range(6):
            content = b"%d same" % turn
            copy = await make.received(firm, content)
            original = await make.processed(firm, content)
            again = await reread(firm, original)
            found += await asyncio.gather(
                step("measure_document", copy),
                step("measure_document", again),
                return_exceptions=True,
            )
        causes = [each.__cause__ for each in found if isinstance(each, Exception)]
        assert not [each for each in causes if isinstance(each, DeadlockDetected)]


class TestNewBytes:
    async def test_end_the_round_that_asked_about_the_old(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.letter())
        old = await make.received(firm)
        await make.carry_out_run(old)
        await make.put(firm, old.document_id, b"other bytes")
        await intake.receive_blob(firm.organization_id, old.document_id)
        await step("remind_reviewer", old)
        await step("report_overdue", old)
        assert not {"review.reminded", "review.overdue"} & set(await topics(firm))

    async def test_of_a_duplicate_make_it_one_no_longer(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        original, copy = [await make.received(firm, b"same") for _ in range(2)]
        await make.carry_out_run(original)
        assert await make.carry_out_run(copy) == "duplicate"
        await make.put(firm, copy.document_id, b"diff")
        opened = await intake.receive_blob(firm.organization_id, copy.document_id)
        assert opened
        await make.carry_out_run(make.job_of(firm, opened))
        now = await look(firm, copy.document_id)
        assert (now.state, now.code) == (DocumentState.REJECTED, "upload_mismatch")
        assert now.duplicate_of is None


class TestAPart:
    async def test_accepted_without_a_person_is_announced(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """Of a packet's parts only those a person decides are announced."""
        seen = await packet(firm, reader)
        await review.decide_document(firm.actor, seen.id, seen.version, ACCEPT)
        async with transaction(firm.actor) as tx:
            told = await tx.value(
                list,
                "SELECT array_agg(DISTINCT subject_id::text) FROM outbox_events"
                " WHERE topic = 'document.accepted'",
            )
        assert {str(part.document_id) for part in seen.children} <= set(told)

    async def test_rejected_then_kept_by_a_person_is_seen_on_the_file(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """The file was accepted; a part goes back to review; its story of review must end."""
        seen = await packet(firm, reader)
        await review.decide_document(firm.actor, seen.id, seen.version, ACCEPT)
        part = await look(firm, seen.children[0].document_id)
        await corrections.change_kind(firm.actor, part.id, part.version, DocumentKind.K1)
        assert (await look(firm, seen)).state is DocumentState.NEEDS_REVIEW


class TestMasks:
    async def test_every_copy_of_the_form(self, firm: Firm, reader: FakeReader) -> None:
        first = readings.w2(box_b="", box_d="")
        second = readings.w2(number=2, box_a="4I2-55-7834", box_b="", box_d="", confidence=0.8)
        reader.reading = readings.reading(first, second)
        document = await make.processed(firm)
        assert len(document.children) == 0
        plain = await storage.read_image(firm.actor, document.id, 1, 2, is_masked=False)
        masked = await storage.read_image(firm.actor, document.id, 1, 2, is_masked=True)
        assert masked != plain, document.fields["employee_ssn"]

    async def test_what_another_kind_finds(self, firm: Firm, reader: FakeReader) -> None:
        w2, letter = readings.w2(box_a="4I2-55-7834", box_b="", box_d=""), readings.letter()
        few = tuple(
            word.model_copy(
                update={
                    "line": word.line + 200,
                    "box": (word.box[0], word.box[1] + 0.5, word.box[2], word.box[3] + 0.5),
                }
            )
            for word in w2.words
            if word.line in (0, 1)
        )
        reader.reading = readings.reading(letter.model_copy(update={"words": letter.words + few}))
        document = await make.processed(firm)
        assert document.kind is not DocumentKind.W2
        await corrections.change_kind(firm.actor, document.id, document.version, DocumentKind.W2)
        after = await views.get_document(firm.actor, document.id)
        assert after.fields["employee_ssn"].box, after.fields
        plain = await storage.read_image(firm.actor, document.id, 1, 1, is_masked=False)
        masked = await storage.read_image(firm.actor, document.id, 1, 1, is_masked=True)
        assert masked != plain


class TestTheStory:
    def test_survives_a_refused_decision(self, firm: Firm) -> None:
        job = DocumentJob(
            organization_id=firm.organization_id, document_id=firm.client_id, number=1
        )
        context = FakeContext(
            job,
            {
                "measure_document": Measured(is_duplicate=False),
                "classify_document": {"has_fields": False},
                "decide_review": {"refused": {"code": "not_found", "detail": "x"}},
            },
        )
        assert run(process_document_v1, context) == "failed"


class TestDue:
    async def test_a_firm_whose_client_never_sent_is_not_due_for_ever(
        self, firm: Firm, storage: None
    ) -> None:
        document_id = await make.expected(firm)
        async with transaction(firm.actor) as tx:
            await tx.run(
                "UPDATE documents SET announced_at = now() - interval '90 days' WHERE id = %(id)s",
                id=document_id,
            )
        await sweep.receive_unannounced(firm.organization_id)
        assert firm.organization_id not in await sweep.list_organizations_due()
