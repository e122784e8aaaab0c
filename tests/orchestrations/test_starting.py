from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from azure.durable_functions import OrchestrationRuntimeStatus

from orchestrations.document_processing import starting
from orchestrations.document_processing.messages import DocumentJob
from orchestrations.document_processing.starting import STORY
from shared.documents import review, views
from shared.documents.models import Accept, DocumentState
from shared.documents.storage import upload_name
from shared.platform import blob, storage_account
from shared.platform.actor import system
from shared.platform.db import transaction
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import ReaderUnavailable
from tests.make import documents as make
from tests.make.identity import Firm

RUNNING = OrchestrationRuntimeStatus.Running
AN_HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("storage")


@dataclass
class Stories:
    """A durable client that knows how some stories stand."""

    known: dict[str, OrchestrationRuntimeStatus] = field(
        default_factory=dict[str, OrchestrationRuntimeStatus]
    )
    started: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])
    woken: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def get_status(self, instance_id: str) -> Any:
        return SimpleNamespace(runtime_status=self.known.get(instance_id))

    async def start_new(self, story: str, instance_id: str, job: Any) -> None:
        self.known[instance_id] = RUNNING
        self.started.append((story, instance_id, job))

    async def raise_event(self, instance_id: str, event: str) -> None:
        if self.known.get(instance_id) is not RUNNING:
            raise Exception(f"No instance with ID {instance_id} found.")  # noqa: TRY002 - as Durable
        self.woken.append((instance_id, event))

    def starts_of(self, document_id: UUID) -> list[tuple[str, str, Any]]:
        return [start for start in self.started if str(document_id) in start[1]]

    def calls_to(self, document_id: UUID) -> list[tuple[str, str]]:
        return [call for call in self.woken if str(document_id) in call[0]]


@pytest.fixture
def stories() -> Any:
    return Stories()


async def an_hour_passes(firm: Firm) -> None:
    async with transaction(system(firm.organization_id)) as tx:
        await tx.run("UPDATE documents SET announced_at = announced_at - %(ago)s", ago=AN_HOUR)
        await tx.run(
            """
            UPDATE document_processing
            SET started_at = started_at - %(ago)s, finished_at = finished_at - %(ago)s
            """,
            ago=AN_HOUR,
        )


def first_start(firm: Firm, document_id: UUID) -> tuple[str, str, Any]:
    job = DocumentJob(organization_id=firm.organization_id, document_id=document_id, number=1)
    return (STORY, f"document-{document_id}-1", job.model_dump(mode="json"))


class TestABlobThatArrives:
    async def test_begins_a_story(self, firm: Firm, stories: Any) -> None:
        document_id = await make.uploaded(firm)

        await starting.begin_upload(stories, upload_name(firm.organization_id, document_id))

        assert stories.starts_of(document_id) == [first_start(firm, document_id)]

    async def test_begins_one_story_however_often_it_is_announced(
        self, firm: Firm, stories: Any
    ) -> None:
        document_id = await make.uploaded(firm)

        for _ in range(3):
            await starting.begin_upload(stories, upload_name(firm.organization_id, document_id))

        assert len(stories.starts_of(document_id)) == 1

    async def test_that_nobody_announced_or_named_is_left_alone(
        self, firm: Firm, stories: Any
    ) -> None:
        for name in (
            upload_name(firm.organization_id, uuid4()),
            upload_name(uuid4(), uuid4()),
            "../../etc/passwd",
            "w2.pdf",
            f"{firm.organization_id}/w2.pdf",
        ):
            await starting.begin_upload(stories, name)

        assert stories.started == []


class TestTheSweep:
    async def test_begins_the_story_of_a_blob_no_event_announced(
        self, firm: Firm, stories: Any
    ) -> None:
        document_id = await make.uploaded(firm)
        await an_hour_passes(firm)

        for _ in range(2):
            await starting.sweep_documents(stories)

        assert stories.starts_of(document_id) == [first_start(firm, document_id)]
        document = await views.get_document(firm.actor, document_id)
        assert document.state is DocumentState.RECEIVED

    async def test_gives_a_blob_a_moment_and_waits_for_one_that_is_not_there(
        self, firm: Firm, stories: Any
    ) -> None:
        just_uploaded = await make.uploaded(firm)
        await starting.sweep_documents(stories)
        assert stories.starts_of(just_uploaded) == []

        never_sent = await make.expected(firm)
        await an_hour_passes(firm)
        await starting.sweep_documents(stories)
        assert stories.starts_of(never_sent) == []

    async def test_begins_the_story_of_a_run_that_has_none(self, firm: Firm, stories: Any) -> None:
        """As after a crash between the run's commit and the start of its story."""
        job = await make.received(firm)
        await starting.sweep_documents(stories)
        assert stories.starts_of(job.document_id) == []  # it may be about to begin

        await an_hour_passes(firm)
        await starting.sweep_documents(stories)

        assert stories.starts_of(job.document_id) == [first_start(firm, job.document_id)]

    async def test_leaves_a_story_that_runs_alone(self, firm: Firm, stories: Any) -> None:
        job = await make.received(firm)
        await an_hour_passes(firm)
        stories.known[job.instance_id] = RUNNING

        await starting.sweep_documents(stories)

        assert stories.starts_of(job.document_id) == []
        document = await views.get_document(firm.actor, job.document_id)
        assert document.state is DocumentState.RECEIVED

    @pytest.mark.parametrize(
        "ended", [OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated]
    )
    async def test_says_on_the_document_that_its_story_broke_off(
        self, firm: Firm, stories: Any, ended: OrchestrationRuntimeStatus
    ) -> None:
        job = await make.received(firm)
        await an_hour_passes(firm)
        stories.known[job.instance_id] = ended

        await starting.sweep_documents(stories)

        document = await views.get_document(firm.actor, job.document_id)
        assert (document.state, document.code) == (DocumentState.FAILED, "processing_failed")
        assert stories.starts_of(job.document_id) == []

    async def test_expects_again_what_storage_has_lost_while_the_review_still_waits(
        self, firm: Firm, stories: Any, reader: FakeReader
    ) -> None:
        reader.error = ReaderUnavailable("no OCR here")
        document = await make.processed(firm)
        job = DocumentJob(organization_id=firm.organization_id, document_id=document.id, number=1)
        stories.known[job.instance_id] = RUNNING
        upload = upload_name(firm.organization_id, document.id)
        await storage_account.service().get_blob_client(blob.UPLOADS, upload).delete_blob()
        await an_hour_passes(firm)

        for _ in range(2):
            await starting.sweep_documents(stories)

        lost = await views.get_document(firm.actor, document.id)
        assert (lost.state, lost.code) == (DocumentState.EXPECTED, "upload_lost")
        assert stories.calls_to(document.id) == []


class TestADecisionNobodyWasWokenFor:
    @pytest.fixture
    async def decided(self, firm: Firm, reader: FakeReader) -> DocumentJob:
        """A person has decided, and the event was lost."""
        reader.error = ReaderUnavailable("no OCR here")
        document = await make.processed(firm)
        await review.decide_document(
            firm.actor, document.id, document.version, Accept(verdict="accepted")
        )
        return DocumentJob(organization_id=firm.organization_id, document_id=document.id, number=1)

    async def test_wakes_the_story_at_each_sweep_until_it_has_read_it(
        self, firm: Firm, stories: Any, decided: DocumentJob
    ) -> None:
        stories.known[decided.instance_id] = RUNNING
        await starting.sweep_documents(stories)
        assert stories.calls_to(decided.document_id) == [(decided.instance_id, "reviewed-1")]

        await review.read_decision(decided.actor, decided.document_id, 1)
        await starting.sweep_documents(stories)

        assert len(stories.calls_to(decided.document_id)) == 1

    async def test_is_closed_when_the_story_has_ended(
        self, firm: Firm, stories: Any, decided: DocumentJob
    ) -> None:
        await starting.sweep_documents(stories)
        assert stories.calls_to(decided.document_id) == []

        stories.known[decided.instance_id] = RUNNING  # it would hear of it now
        await starting.sweep_documents(stories)

        assert stories.calls_to(decided.document_id) == []
        document = await views.get_document(firm.actor, decided.document_id)
        assert document.state is DocumentState.ACCEPTED


async def test_the_sweep_keeps_firms_apart(firm: Firm, other_firm: Firm, stories: Any) -> None:
    jobs = [await make.received(each) for each in (firm, other_firm)]
    for each in (firm, other_firm):
        await an_hour_passes(each)

    await starting.sweep_documents(stories)

    for each, job in zip((firm, other_firm), jobs, strict=True):
        assert stories.starts_of(job.document_id) == [first_start(each, job.document_id)]


async def test_one_firms_trouble_does_not_keep_the_sweep_from_another(
    firm: Firm, other_firm: Firm
) -> None:
    jobs = [await make.received(each) for each in (firm, other_firm)]
    for each in (firm, other_firm):
        await an_hour_passes(each)
    first, second = sorted(jobs, key=lambda job: job.organization_id.bytes)

    class Troubled(Stories):
        async def get_status(self, instance_id: str) -> Any:
            if instance_id == first.instance_id:
                raise RuntimeError("the story's history cannot be read")
            return await super().get_status(instance_id)

    stories: Any = Troubled()
    with pytest.RaisesGroup(RuntimeError):
        await starting.sweep_documents(stories)

    assert len(stories.starts_of(second.document_id)) == 1


async def test_one_storys_trouble_does_not_keep_the_sweep_from_the_firms_others(
    firm: Firm, reader: FakeReader
) -> None:
    unannounced = sorted([await make.uploaded(firm) for _ in range(2)])
    silent = sorted([await make.received(firm) for _ in range(2)], key=lambda job: job.document_id)
    lost = await make.processed(firm)
    upload = upload_name(firm.organization_id, lost.id)
    await storage_account.service().get_blob_client(blob.UPLOADS, upload).delete_blob()
    await an_hour_passes(firm)
    in_trouble = (str(unannounced[0]), str(silent[0].document_id))

    class Troubled(Stories):
        async def get_status(self, instance_id: str) -> Any:
            if any(each in instance_id for each in in_trouble):
                raise RuntimeError("the story's history cannot be read")
            return await super().get_status(instance_id)

    stories: Any = Troubled()
    with pytest.RaisesGroup(*[RuntimeError] * len(in_trouble)):
        await starting.sweep_documents(stories)

    assert len(stories.starts_of(unannounced[1])) == 1
    assert len(stories.starts_of(silent[1].document_id)) == 1
    assert (await views.get_document(firm.actor, lost.id)).code == "upload_lost"
