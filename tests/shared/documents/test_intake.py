import pytest

from shared.documents import intake, views
from shared.documents.models import MAX_UPLOAD_BYTES, DocumentState
from shared.platform.actor import Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, UnknownReference
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import DocumentTooLarge
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague
from tests.make.identity import firm as new_firm


class TestReserveUpload:
    async def test_opens_a_document_that_is_expected(self, firm: Firm, storage: None) -> None:
        document_id = await make.expected(firm)

        document = await views.get_document(firm.actor, document_id)

        assert document.state is DocumentState.EXPECTED
        assert document.runs == []

    async def test_says_so_when_it_is_here_already(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.tax_return())
        known = await make.processed(firm, b"the same bytes")

        upload = await intake.reserve_upload(firm.actor, make.new_upload(firm, b"the same bytes"))

        assert upload.already_received
        assert upload.document_id == known.id
        assert upload.upload_url is None

    async def test_an_announced_hash_proves_nothing(self, firm: Firm, storage: None) -> None:
        """Only measured bytes count: anyone can announce a hash."""
        await make.expected(firm, b"never sent")

        upload = await intake.reserve_upload(firm.actor, make.new_upload(firm, b"never sent"))

        assert not upload.already_received

    async def test_twice_in_the_same_words_is_one_document(self, firm: Firm, storage: None) -> None:
        """The answer to the first may have been lost on its way."""
        new = make.new_upload(firm, b"announced twice")

        first, second = [await intake.reserve_upload(firm.actor, new) for _ in range(2)]

        assert first.document_id == second.document_id
        assert second.upload_url

    async def test_again_while_it_is_on_its_way_is_still_one_document(
        self, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        """The answer to the upload was lost, and nobody has measured yet what came."""
        new = make.new_upload(firm, b"repeated in the dark")
        document_id = (await intake.reserve_upload(firm.actor, new)).document_id
        await make.put(firm, document_id, b"repeated in the dark")
        await intake.receive_blob(firm.organization_id, document_id)

        again = await intake.reserve_upload(firm.actor, new)
        renamed = await intake.reserve_upload(
            firm.actor, new.model_copy(update={"name": "something else.pdf"})
        )
        theirs = await intake.reserve_upload(
            other_firm.actor, make.new_upload(other_firm, b"repeated in the dark")
        )

        assert (again.already_received, again.document_id) == (True, document_id)
        assert not renamed.already_received
        assert not theirs.already_received

    async def test_what_was_expected_is_a_duplicate_once_its_bytes_are_here(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """Two copies are announced, one is sent, and the other need not be."""
        reader.reading = readings.reading(readings.tax_return())
        new = make.new_upload(firm, b"in two copies", "the copy.pdf")
        copy = await intake.reserve_upload(firm.actor, new)
        original = await make.processed(firm, b"in two copies")

        again = await intake.reserve_upload(firm.actor, new)

        document = await views.get_document(firm.actor, copy.document_id)
        assert (again.already_received, again.document_id) == (True, original.id)
        assert (document.state, document.duplicate_of) == (DocumentState.DUPLICATE, original.id)

    async def test_the_same_bytes_of_another_client_are_another_document(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        await make.processed(firm, b"shared bytes")

        upload = await intake.reserve_upload(
            other_firm.actor, make.new_upload(other_firm, b"shared bytes")
        )

        assert not upload.already_received

    async def test_not_for_another_firms_client(self, firm: Firm, other_firm: Firm) -> None:
        with pytest.raises(UnknownReference):
            await intake.reserve_upload(firm.actor, make.new_upload(other_firm, b"theirs"))

    async def test_not_by_an_intern(self, firm: Firm) -> None:
        intern = await colleague(firm, Role.INTERN)

        with pytest.raises(Forbidden):
            await intake.reserve_upload(intern.actor, make.new_upload(firm, b"mine"))

    async def test_a_client_sends_for_itself_alone(self, firm: Firm, storage: None) -> None:
        client = await colleague(firm, Role.CLIENT)
        another = await new_firm()

        assert await make.expected(client)
        with pytest.raises(UnknownReference):
            await intake.reserve_upload(client.actor, make.new_upload(another, b"theirs"))

    async def test_refuses_what_is_too_large(self, firm: Firm) -> None:
        new = make.new_upload(firm, b"x").model_copy(update={"size": MAX_UPLOAD_BYTES + 1})

        with pytest.raises(DocumentTooLarge):
            await intake.reserve_upload(firm.actor, new)


class TestReceiveBlob:
    async def test_a_second_event_finds_the_first_ones_run(self, firm: Firm, storage: None) -> None:
        document_id = await make.uploaded(firm)

        first, second = [
            await intake.receive_blob(firm.organization_id, document_id) for _ in range(2)
        ]

        assert first == second
        async with transaction(firm.actor) as tx:
            assert await tx.value(int, "SELECT count(*) FROM document_processing") == 1
            assert await tx.value(int, "SELECT count(*) FROM outbox_events") == 1

    async def test_a_new_blob_opens_another_run_and_version(
        self, firm: Firm, storage: None
    ) -> None:
        document_id = await make.uploaded(firm, b"sent twice")
        await intake.receive_blob(firm.organization_id, document_id)
        await make.put(firm, document_id, b"sent twice")

        run = await intake.receive_blob(firm.organization_id, document_id)

        assert run
        assert run.number == 2
        async with transaction(firm.actor) as tx:
            assert await tx.value(int, "SELECT count(*) FROM document_versions") == 2

    async def test_an_event_about_nothing_starts_nothing(
        self, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        expected = await make.expected(firm)
        theirs = await make.uploaded(other_firm)

        assert await intake.receive_blob(firm.organization_id, expected) is None
        assert await intake.receive_blob(firm.organization_id, theirs) is None
