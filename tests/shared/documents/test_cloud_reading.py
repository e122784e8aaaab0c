"""Documents of firms that read in the cloud, and of firms that do not, from blob to decision."""

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.documents import storage
from shared.documents.models import DocumentState, DocumentView
from shared.documents.understanding.models import FieldSource
from shared.identity import settings
from shared.identity.models import SettingsChange
from shared.platform import blob
from shared.platform.storage_account import StorageUnavailable
from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.form_recognizer.fields import models
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import Page
from shared.vendors.roster import Vendors
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm
from tests.shared.conftest import Readers
from tests.shared.vendors.form_recognizer import answers, paper
from tests.shared.vendors.form_recognizer.answers import INCHES, Json
from tests.shared.vendors.form_recognizer.paper import Paper
from tests.shared.vendors.form_recognizer.server import FormRecognizerServer, Trouble, refusal

W2 = "prebuilt-tax.us.w2"
LAYOUT = "prebuilt-layout"
CLOUD = "form-recognizer-2023-07-31"
OUTAGE = refusal(503, "ServiceUnavailable")


@pytest.fixture
async def w2(drawing: LocalReader, tmp_path: Path) -> Paper:
    return await paper.w2(drawing, tmp_path)


@pytest.fixture
def knows_the_w2(readers: Readers, w2: Paper) -> FormRecognizerServer:
    """Azure reads the words a little less surely than its model has the fields."""
    words = tuple(each.model_copy(update={"confidence": 0.93}) for each in w2.page.words)
    seen = [answers.page(words)]
    readers.azure.answers[LAYOUT] = [answers.result(LAYOUT, seen)]
    readers.azure.answers[W2] = [answers.result(W2, seen, [told(w2.content.fields)])]
    return readers.azure


def told(fields: Mapping[str, str], confidence: float = 0.99) -> Json:
    """The fields as the vendor's W-2 model would say them."""
    paths = {ours: path for path, ours in models()["w2"].fields.items()}
    tree: dict[str, Any] = {}
    for name, value in fields.items():
        *branches, leaf = paths[name].split(".")
        at = tree
        for branch in branches:
            at = at.setdefault(branch, {})
        at[leaf] = answers.string(value, confidence=confidence)
    return answers.document("tax.us.w2", {name: grown(each) for name, each in tree.items()})


def grown(branch: Json) -> Json:
    if "type" in branch:
        return branch
    if "0" in branch:
        return answers.list_of(*branch.values())
    return answers.object_of(branch)


async def switch_on(firm: Firm, *, fallback: bool = True) -> None:
    chosen = SettingsChange(cloud_reading=True, cloud_reading_fallback=fallback)
    await settings.change_settings(firm.actor, 0, chosen)


def local_reading(readers: Readers, page: Page) -> None:
    readers.local.reading = readings.reading(page)


def values(document: DocumentView) -> dict[str, str | None]:
    return {name: field.value for name, field in document.fields.items()}


class TestAFirmThatReadsInTheCloud:
    async def test_has_a_scanned_w2_accepted_with_the_model_s_values(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        await switch_on(firm)

        document = await make.processed(firm, w2.scanned.read_bytes())

        truth = w2.content.fields
        assert document.state is DocumentState.ACCEPTED, (document.detail, document.findings)
        assert values(document)["box_1"] == truth["box_1"]
        assert document.fields["box_2"].source is FieldSource.MODEL
        assert document.fields["employee_name"].value == truth["employee_name"]
        assert document.runs[0].reader == f"{CLOUD}/{LAYOUT} + {CLOUD}/{W2}"
        assert knows_the_w2.models == [LAYOUT, W2]
        assert readers.local.read_files == []

    async def test_keeps_a_tin_as_secret_as_ever(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        await switch_on(firm)

        document = await make.processed(firm, w2.scanned.read_bytes())

        ssn = w2.content.fields["employee_ssn"]
        assert values(document)["employee_ssn"] == f"***-**-{ssn[-4:]}"
        assert document.fields["employee_ssn"].source is FieldSource.MODEL
        prefix = f"{firm.organization_id}/{document.id}/1"
        for kept in ("reading", "w2-1"):
            assert ssn.encode() not in await blob.read(blob.DERIVED, f"{prefix}/{kept}")

    async def test_has_a_person_look_where_the_model_sees_something_else(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        fields = w2.content.fields | {"box_2": "1.00"}
        pages = [answers.of_page(w2.page, INCHES)]
        knows_the_w2.answers[W2] = [answers.result(W2, pages, [told(fields)])]
        await switch_on(firm)

        document = await make.processed(firm, w2.scanned.read_bytes())

        assert (document.state, document.code) == (DocumentState.NEEDS_REVIEW, "unsure_of_values")
        assert document.detail == "Not certain: box_2"

    async def test_has_a_person_look_where_the_model_sees_another_year(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        fields = w2.content.fields | {"tax_year": "2019"}
        pages = [answers.of_page(w2.page, INCHES)]
        knows_the_w2.answers[W2] = [answers.result(W2, pages, [told(fields)])]
        await switch_on(firm)

        document = await make.processed(firm, w2.scanned.read_bytes())

        assert (document.state, document.code) == (DocumentState.NEEDS_REVIEW, "rules_failed")
        assert "tax_year_differs" in [finding.rule for finding in document.findings]

    async def test_asks_the_model_about_a_text_layer_without_sending_it_for_its_words(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        await switch_on(firm)

        document = await make.processed(firm, w2.typed.read_bytes())

        assert document.state is DocumentState.ACCEPTED
        assert knows_the_w2.models == [W2]

    async def test_has_kinds_without_a_model_understood_here(
        self, firm: Firm, readers: Readers, drawing: LocalReader, tmp_path: Path
    ) -> None:
        """Everything else goes through layout and our own geometry."""
        letter = readings.tax_return()
        readers.azure.answers[LAYOUT] = [answers.layout(answers.page(letter.words))]
        blank = tmp_path / "blank.pdf"
        blank.write_bytes(paper.pdf_of(paper.sheet()))
        await switch_on(firm)

        document = await make.processed(firm, blank.read_bytes())

        assert (document.kind, document.state) == ("1040", DocumentState.ACCEPTED)
        assert readers.azure.models == [LAYOUT]

    async def test_pays_once_for_steps_that_run_twice(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        """A crash between a step's work and its record runs it again."""
        await switch_on(firm)
        job = await make.received(firm, w2.scanned.read_bytes())
        for name in ("measure_document", "read_document", "classify_document", "extract_document"):
            for _ in range(2):
                await make.STEPS[name](job.model_dump(mode="json"))

        assert knows_the_w2.models == [LAYOUT, W2]

    async def test_pays_once_though_storage_fails_when_the_answer_is_there(
        self,
        firm: Firm,
        readers: Readers,
        knows_the_w2: FormRecognizerServer,
        w2: Paper,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def away(*_: object) -> None:
            raise StorageUnavailable("away")

        local_reading(readers, readings.w2())
        await switch_on(firm)
        job = await make.received(firm, w2.scanned.read_bytes())
        await make.STEPS["measure_document"](job.model_dump(mode="json"))
        with monkeypatch.context() as trouble:
            trouble.setattr(storage, "keep_images", away)
            with pytest.raises(StorageUnavailable):
                await make.STEPS["read_document"](job.model_dump(mode="json"))

        await make.carry_out_run(job)

        assert knows_the_w2.models == [LAYOUT, W2]
        assert await blob.read(blob.DERIVED, f"{firm.organization_id}/{job.document_id}/1/1.png")


class TestAFirmThatDoesNot:
    async def test_sends_no_byte(self, firm: Firm, readers: Readers, w2: Paper) -> None:
        local_reading(readers, readings.w2())

        document = await make.processed(firm, w2.scanned.read_bytes())

        assert document.state is DocumentState.ACCEPTED
        assert document.runs[0].reader == "fake-1"
        assert readers.azure.requests == 0

    async def test_is_not_moved_by_what_another_firm_has_chosen(
        self, firm: Firm, other_firm: Firm, readers: Readers, w2: Paper
    ) -> None:
        local_reading(readers, readings.w2())
        await switch_on(other_firm)

        await make.processed(firm, w2.scanned.read_bytes())

        assert readers.azure.requests == 0

    async def test_sends_nothing_more_once_it_has_switched_it_off(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        await switch_on(firm)
        job = await make.received(firm, w2.scanned.read_bytes())
        steps = ("measure_document", "read_document", "classify_document")
        for name in steps:
            await make.STEPS[name](job.model_dump(mode="json"))
        await settings.change_settings(firm.actor, 1, SettingsChange(cloud_reading=False))

        await make.carry_out_run(job)

        assert knows_the_w2.models == [LAYOUT]


class TestWhenTheCloudReaderFails:
    @pytest.mark.parametrize(
        ("trouble", "code"),
        [
            (refusal(401, "401"), "cloud_reader_rejected"),
            (OUTAGE, "cloud_reader_unavailable"),
            (refusal(429, "429", headers={"Retry-After": "3600"}), "cloud_reader_throttled"),
            (
                refusal(400, "InvalidRequest", "InvalidContentLength"),
                "cloud_reader_refused_file",
            ),
        ],
        ids=["key", "outage", "throttled", "too large"],
    )
    async def test_this_deployment_reads_instead_and_says_so(
        self, firm: Firm, readers: Readers, w2: Paper, trouble: Trouble, code: str
    ) -> None:
        readers.azure.troubles = deque([trouble] * 20)
        local_reading(readers, readings.w2())
        await switch_on(firm)

        document = await make.processed(firm, w2.scanned.read_bytes())

        assert document.state is DocumentState.ACCEPTED
        assert document.runs[0].reader == "fake-1"
        (finding,) = document.findings
        assert (finding.rule, finding.severity) == ("read_locally", "info")
        assert code in finding.message

    async def test_it_is_not_asked_again_about_the_same_run(
        self, firm: Firm, readers: Readers, w2: Paper
    ) -> None:
        readers.azure.troubles = deque([refusal(401, "401")])
        local_reading(readers, readings.w2())
        await switch_on(firm)

        await make.processed(firm, w2.scanned.read_bytes())

        assert readers.azure.requests == 1

    async def test_a_model_that_fails_leaves_our_own_values(
        self, firm: Firm, readers: Readers, knows_the_w2: FormRecognizerServer, w2: Paper
    ) -> None:
        del knows_the_w2.answers[W2]
        await switch_on(firm)

        document = await make.processed(firm, w2.typed.read_bytes())

        assert document.state is DocumentState.ACCEPTED
        assert "read_locally" in [finding.rule for finding in document.findings]
        assert document.fields["box_2"].source is FieldSource.TEXT_LAYER

    async def test_a_firm_that_wants_no_other_way_has_a_person_look(
        self, firm: Firm, readers: Readers, w2: Paper
    ) -> None:
        readers.azure.troubles = deque([refusal(401, "401")])
        await switch_on(firm, fallback=False)

        document = await make.processed(firm, w2.scanned.read_bytes())

        assert document.state is DocumentState.NEEDS_REVIEW
        assert document.code == "cloud_reader_rejected"
        assert readers.local.read_files == []

    async def test_a_deployment_that_has_lost_it_reads_itself(
        self, firm: Firm, readers: Readers, w2: Paper
    ) -> None:
        await switch_on(firm)
        alone = FakeReader(reading=readings.reading(readings.w2()))

        with roster.playing(Vendors(reader=alone)):
            document = await make.processed(firm, w2.scanned.read_bytes())

        assert document.state is DocumentState.ACCEPTED
        assert "cloud_reader_missing" in document.findings[0].message
