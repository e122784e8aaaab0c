"""A vendor's model and the parts of a packet: asked about each in turn, and not for ever."""

from collections.abc import Awaitable, Callable, Generator, Sequence
from pathlib import Path

import pytest

from shared.documents import views
from shared.documents.models import DocumentState
from shared.identity import settings
from shared.identity.models import SettingsChange
from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import CloudReaderTooSlow, ModelFields, Page, Reading
from shared.vendors.roster import Vendors
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm
from tests.shared.documents.test_cloud_reading import switch_on


class PartByPart:
    """Reads as the local reader does; ``answer`` is its W-2 model, told how often it was asked."""

    def __init__(self, local: FakeReader) -> None:
        self.local = local
        self.asked: list[list[int]] = []
        self.answer: Callable[[int], Awaitable[None]] = self.nothing

    async def nothing(self, turn: int) -> None:
        """Finds nothing."""

    async def read(self, file: Path, images: Path) -> Reading:
        return await self.local.read(file, images)

    def understands(self, kind: str) -> bool:
        return kind == "w2"

    async def understand(self, file: Path, kind: str, pages: Sequence[Page]) -> ModelFields:
        self.asked.append([page.number for page in pages])
        await self.answer(len(self.asked))
        return ModelFields(model="m", fields=())


@pytest.fixture
def cloud_model(storage: None) -> Generator[PartByPart]:
    """Two persons' W-2s in one file; the first does not add up."""
    reading = readings.reading(
        readings.w2(box_4="2000.00"),
        readings.w2(number=2, box_a="623-18-4409", box_b="12-9988776"),
    )
    model = PartByPart(FakeReader(reading=reading))
    with roster.playing(Vendors(reader=model.local, cloud=model)):
        yield model


class TestTheModelOfEachPart:
    async def test_that_fails_has_every_part_looked_at_where_no_other_way_is_wanted(
        self, firm: Firm, cloud_model: PartByPart
    ) -> None:
        """The first part's values are kept, and no rule was held against them."""

        async def away_for_the_second(turn: int) -> None:
            if turn == 2:
                raise CloudReaderTooSlow("gone for long")

        cloud_model.answer = away_for_the_second
        await switch_on(firm, fallback=False)

        document = await make.processed(firm)

        assert document.state is DocumentState.NEEDS_REVIEW
        assert [part.state for part in document.children] == [DocumentState.NEEDS_REVIEW] * 2
        for part in document.children:
            assert [finding.rule for finding in part.findings] == ["cloud_reader_too_slow"]

    async def test_is_not_asked_about_the_next_part_once_the_firm_has_switched_it_off(
        self, firm: Firm, cloud_model: PartByPart
    ) -> None:
        async def switch_off(_: int) -> None:
            await settings.change_settings(firm.actor, 1, SettingsChange(cloud_reading=False))

        cloud_model.answer = switch_off
        await switch_on(firm)

        document = await make.processed(firm)

        assert len(document.children) == 2
        assert cloud_model.asked == [[1]]

    async def test_is_asked_no_more_in_a_run_that_has_found_it_away(
        self, firm: Firm, cloud_model: PartByPart
    ) -> None:
        """Also by a step that runs again."""

        async def away(_: int) -> None:
            raise CloudReaderTooSlow("gone for long")

        cloud_model.answer = away
        await switch_on(firm)
        job = await make.received(firm)
        for name in ("measure_document", "read_document", "classify_document", "extract_document"):
            await make.STEPS[name](job.model_dump(mode="json"))

        await make.carry_out_run(job)

        assert cloud_model.asked == [[1]]

    async def test_is_not_asked_by_a_step_that_comes_after_the_run_has_ended(
        self, firm: Firm, cloud_model: PartByPart
    ) -> None:
        job = await make.received(firm)
        await make.carry_out_run(job)
        await switch_on(firm)

        for name in ("read_document", "extract_document"):
            await make.STEPS[name](job.model_dump(mode="json"))

        assert cloud_model.asked == []
        document = await views.get_document(firm.actor, job.document_id)
        assert document.runs[0].reader == "fake-1"

    async def test_is_asked_no_more_when_the_run_ends_meanwhile(
        self, firm: Firm, cloud_model: PartByPart
    ) -> None:
        job = await make.received(firm)

        async def story_goes_on(turn: int) -> None:
            if turn == 1:
                await make.STEPS["decide_review"](job.model_dump(mode="json"))

        cloud_model.answer = story_goes_on
        await switch_on(firm)

        await make.carry_out_run(job)

        assert cloud_model.asked == [[1]]
        document = await views.get_document(firm.actor, job.document_id)
        assert document.runs[0].reader == "fake-1"
