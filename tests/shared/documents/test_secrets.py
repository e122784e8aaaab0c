"""Where a social security number can be read by somebody who may not."""

import traceback
from dataclasses import replace
from uuid import uuid4

import pytest

from orchestrations.durable import StepBroke
from shared.clients import clients
from shared.clients.models import NewClient
from shared.documents import corrections, intake, storage
from shared.documents.masking import tin_boxes
from shared.documents.models import FieldCorrection
from shared.platform.actor import Role
from shared.platform.db import transaction
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import FormField, Page
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague

SSN = readings.SSN

EVERYTHING = """
    SELECT coalesce(string_agg(t::text, ' '), '') FROM (
        SELECT extracted_fields::text FROM extracted_fields
        UNION ALL SELECT audit_entries::text FROM audit_entries
        UNION ALL SELECT outbox_events::text FROM outbox_events
        UNION ALL SELECT documents::text FROM documents
        UNION ALL SELECT findings::text FROM findings
    ) AS t
"""


async def everything(firm: Firm) -> str:
    async with transaction(firm.actor) as tx:
        return await tx.value(str, EVERYTHING)


def letters(page: Page) -> int:
    return sum(len(word.text) for word in page.words)


class TestTheMaskOfAPage:
    @pytest.mark.parametrize(
        "line",
        [
            "SSN 412 - 55 - 7834 of Ada",  # the reader takes it for a number: identifiers._RUN
            "SSN 412- 55- 7834 of Ada",
            "SSN 412\u201455\u20147834 of Ada",
            "SSN 412_55_7834 of Ada",
            "SSN 4I2-55-7834 of Ada",
            "SSN 412-5S-7B34 of Ada",
            "SSN 4 1 2 5 5 7 8 3 4 of Ada",
            "SSN 4 1 2 - 5 5 - 7 8 3 4 of Ada",
        ],
    )
    def test_covers_all_that_is_read_as_a_number(self, line: str) -> None:
        assert list(tin_boxes(readings.page(line)))

    def test_covers_a_number_in_three_form_fields(self) -> None:
        """As the fillable W-9 of the IRS has it."""
        fields = tuple(
            FormField(name=f"f1_{at}", value=value, box=(0.7 + at / 50, 0.4, 0.71 + at / 50, 0.42))
            for at, value in enumerate(("412", "55", "7834"))
        )
        page = readings.page("Form W-9").model_copy(update={"fields": fields})
        assert len(list(tin_boxes(page))) == 3

    @pytest.mark.parametrize("misread", ["4l2-S5-78E4", "412-55-78", "4?2-55-7834", "X12-55-7834"])
    async def test_covers_the_box_of_a_number_that_could_not_be_read(
        self, firm: Firm, reader: FakeReader, misread: str
    ) -> None:
        page = readings.w2(confidence=0.8, box_a=misread, box_b="", box_d="")
        reader.reading = readings.reading(page)
        document = await make.processed(firm)
        run = 1
        plain = await storage.read_image(firm.actor, document.id, run, 1, is_masked=False)
        masked = await storage.read_image(firm.actor, document.id, run, 1, is_masked=True)
        assert masked != plain, document.fields.get("employee_ssn")


class TestANumberInTheWrongPlace:
    async def test_in_a_file_name(self, firm: Firm, storage: None) -> None:
        new = make.new_upload(firm, b"abc", f"Ada {SSN}.pdf")
        await intake.reserve_upload(firm.actor, new)
        assert SSN not in await everything(firm)

    @pytest.mark.parametrize("name", ["control_number"])
    async def test_typed_into_another_field(
        self, firm: Firm, reader: FakeReader, name: str
    ) -> None:
        reader.reading = readings.reading(readings.w2(box_4="2000.00"))
        document = await make.processed(firm)
        await corrections.correct_field(
            firm.actor, document.id, document.version, name, FieldCorrection(value="412-55-9999")
        )
        assert "412-55-9999" not in await everything(firm)

    async def test_printed_in_another_box(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.w2(box_d=SSN))
        document = await make.processed(firm)
        assert SSN not in str(document.fields)
        assert SSN not in await everything(firm)

    async def test_typed_into_an_amount_is_not_in_the_log(
        self, firm: Firm, reader: FakeReader, caplog: pytest.LogCaptureFixture
    ) -> None:
        reader.reading = readings.reading(readings.w2(box_4="2000.00"))
        document = await make.processed(firm)
        async with client_of(firm, Durable()) as http:
            await http.patch(
                f"/documents/{document.id}/fields/box_1",
                json={"value": "412-55-9999"},
                headers={"if-match": f'"{document.version}"'},
            )
        assert "412-55-9999" not in caplog.text


class TestHistory:
    async def test_keeps_no_number_of_an_error_nobody_expected(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """Durable writes what an activity raises into its history, text and traceback."""
        job = await make.received(firm)
        reader.error = RuntimeError(f"cannot place {SSN}")
        await make.STEPS["measure_document"](job.model_dump(mode="json"))
        with pytest.raises(StepBroke) as raised:
            await make.STEPS["read_document"](job.model_dump(mode="json"))
        assert SSN not in "".join(traceback.format_exception(raised.value))


class TestAClientsPerson:
    async def test_sees_nothing_of_another_client(
        self, firm: Firm, reader: FakeReader, durable: Durable
    ) -> None:
        reader.reading = readings.reading(
            readings.w2(box_4="2000.00"), readings.tax_return(number=2)
        )
        theirs = await make.processed(firm)
        other_id = uuid4()
        await clients.add_client(firm.actor, other_id, NewClient(name="Bob"))
        bob = await colleague(replace(firm, client_id=other_id), Role.CLIENT)
        async with client_of(bob, durable) as http:
            for document_id in (theirs.id, theirs.children[0].document_id):
                url = f"/documents/{document_id}"
                answers = [
                    await http.get(url),
                    await http.get(f"{url}/pages/1.png"),
                ]
                assert [each.status_code for each in answers] == [404, 404]
            assert (await http.get("/documents")).json()["items"] == []
            asked = await http.get("/documents", params={"client_id": str(firm.client_id)})
            assert asked.json()["items"] == []
            assert (await http.get("/documents/review-queue")).status_code == 403
            assert (await http.get(f"/clients/{firm.client_id}")).status_code == 404
            assert len((await http.get("/clients")).json()["items"]) == 1

    async def test_sees_masked_pages_and_changes_nothing_of_its_own(
        self, firm: Firm, reader: FakeReader, durable: Durable
    ) -> None:
        reader.reading = readings.reading(readings.w2(box_4="2000.00"))
        own = await make.processed(firm)
        ada = await colleague(firm, Role.CLIENT)
        async with client_of(ada, durable) as http:
            url = f"/documents/{own.id}"
            assert (await http.get(f"{url}/pages/1.png")).headers["etag"].endswith('masked"')
            match = {"if-match": f'"{own.version}"'}
            answers = [
                await http.patch(f"{url}/fields/box_1", json={"value": "1"}, headers=match),
                await http.post(f"{url}/review", json={"verdict": "accepted"}, headers=match),
                await http.post(f"{url}/reread"),
            ]
            assert {each.status_code for each in answers} == {403}
