import pytest

from shared.documents import review, views
from shared.documents.errors import ReviewNotOpen
from shared.documents.models import Accept, DocumentState, DocumentView, Reject
from shared.platform.actor import Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound, Stale
from shared.vendors.fakes import FakeReader
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague

ACCEPT, REJECT = Accept(verdict="accepted"), Reject(verdict="rejected")


async def in_review(firm: Firm, reader: FakeReader) -> DocumentView:
    """A letter: nothing says what it is."""
    reader.reading = readings.reading(readings.letter())
    return await make.processed(firm)


class TestDecideReview:
    async def test_an_unsure_document_waits_for_a_person(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        document = await in_review(firm, reader)

        assert (document.state, document.code) == (DocumentState.NEEDS_REVIEW, "unsure_of_kind")

    async def test_asking_twice_opens_one_round(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)

        first, second = [await review.decide_review(firm.actor, document.id, 1) for _ in range(2)]

        assert first.needs_person
        assert first == second


class TestDecideDocument:
    async def test_accepts(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)

        decided, waiting = await review.decide_document(
            firm.actor, document.id, document.version, ACCEPT
        )

        assert decided.state is DocumentState.ACCEPTED
        assert [(each.document_id, each.number) for each in waiting] == [(document.id, 1)]
        async with transaction(firm.actor) as tx:
            last = "SELECT topic FROM outbox_events ORDER BY id DESC LIMIT 1"
            assert await tx.value(str, last) == "document.accepted"
            trail = "SELECT action FROM audit_entries ORDER BY id DESC LIMIT 1"
            assert await tx.value(str, trail) == "document.accepted"

    async def test_rejects(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)

        await review.decide_document(firm.actor, document.id, document.version, REJECT)

        state = await review.read_decision(firm.actor, document.id, 1)
        assert state is DocumentState.REJECTED

    async def test_rejects_with_a_reason(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)
        reason = Reject(verdict="rejected", reason="It is for 123-45-6780")

        await review.decide_document(firm.actor, document.id, document.version, reason)

        decided = await views.get_document(firm.actor, document.id)
        assert (decided.code, decided.detail) == (None, "It is for ***-**-6780")

    async def test_late_but_applied(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)
        for _ in range(2):
            await review.report_overdue(firm.actor, document.id, 1)
        silent = await views.get_document(firm.actor, document.id)
        assert silent.state is DocumentState.NEEDS_REVIEW
        assert [each.rule for each in silent.findings] == ["review_overdue"]

        await review.decide_document(firm.actor, document.id, silent.version, ACCEPT)

        decided = await views.get_document(firm.actor, document.id)
        assert decided.state is DocumentState.ACCEPTED

    async def test_a_reminder_goes_out_once(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)

        for _ in range(2):
            await review.remind_reviewer(firm.actor, document.id, 1)

        async with transaction(firm.actor) as tx:
            reminders = "SELECT count(*) FROM outbox_events WHERE topic = 'review.reminded'"
            assert await tx.value(int, reminders) == 1

    async def test_only_once(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)
        decided, _ = await review.decide_document(firm.actor, document.id, document.version, REJECT)

        with pytest.raises(ReviewNotOpen):
            await review.decide_document(firm.actor, document.id, decided.version, ACCEPT)

    async def test_not_on_what_has_changed_since(self, firm: Firm, reader: FakeReader) -> None:
        document = await in_review(firm, reader)

        with pytest.raises(Stale):
            await review.decide_document(firm.actor, document.id, document.version - 1, ACCEPT)

    @pytest.mark.parametrize("role", [Role.INTERN, Role.CLIENT])
    async def test_not_by_everyone(self, firm: Firm, reader: FakeReader, role: Role) -> None:
        document = await in_review(firm, reader)
        somebody = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await review.decide_document(somebody.actor, document.id, document.version, ACCEPT)

    async def test_another_firm_cannot_see_it(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        document = await in_review(firm, reader)

        with pytest.raises(NotFound):
            await review.decide_document(other_firm.actor, document.id, document.version, ACCEPT)


class TestAPacket:
    async def test_has_its_parts_as_documents(self, firm: Firm, reader: FakeReader) -> None:
        packet = await self.packet(firm, reader)

        assert [part.pages for part in packet.children] == [[1], [2]]
        assert [part.kind for part in packet.children] == ["w2", "1040"]
        assert (packet.kind, packet.fields) == (None, {})
        assert packet.children[0].fields["box_1"].value == "50000.00"

    async def test_waits_while_any_part_does(self, firm: Firm, reader: FakeReader) -> None:
        packet = await self.packet(firm, reader)

        assert packet.state is DocumentState.NEEDS_REVIEW
        assert [part.state for part in packet.children] == ["needs_review", "accepted"]

    async def test_is_settled_by_its_last_part(self, firm: Firm, reader: FakeReader) -> None:
        packet = await self.packet(firm, reader)
        part = packet.children[0]

        _, waiting = await review.decide_document(
            firm.actor, part.document_id, part.version, ACCEPT
        )

        assert [each.document_id for each in waiting] == [packet.id]
        settled = await views.get_document(firm.actor, packet.id)
        assert settled.state is DocumentState.ACCEPTED

    async def test_settles_its_open_parts(self, firm: Firm, reader: FakeReader) -> None:
        packet = await self.packet(firm, reader)

        await review.decide_document(firm.actor, packet.id, packet.version, ACCEPT)

        settled = await views.get_document(firm.actor, packet.id)
        assert [part.state for part in settled.children] == ["accepted", "accepted"]
        async with transaction(firm.actor) as tx:
            accepted = "SELECT count(*) FROM outbox_events WHERE topic = 'document.accepted'"
            assert await tx.value(int, accepted) == 3

    async def test_is_rejected_whole(self, firm: Firm, reader: FakeReader) -> None:
        """Whoever was told that a part can be used hears that it cannot."""
        packet = await self.packet(firm, reader)

        await review.decide_document(firm.actor, packet.id, packet.version, REJECT)

        settled = await views.get_document(firm.actor, packet.id)
        assert [part.state for part in settled.children] == ["rejected", "rejected"]
        async with transaction(firm.actor) as tx:
            rejected = "SELECT count(*) FROM outbox_events WHERE topic = 'document.rejected'"
            assert await tx.value(int, rejected) == 3

    @staticmethod
    async def packet(firm: Firm, reader: FakeReader) -> DocumentView:
        """A W-2 whose arithmetic is wrong, and a tax return that needs nobody."""
        pages = readings.w2(number=1, box_4="2000.00"), readings.tax_return(number=2)
        reader.reading = readings.reading(*pages)
        return await make.processed(firm)
