from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from orchestrations.document_processing.messages import DocumentJob
from orchestrations.document_processing.orchestrator import process_document_v1
from shared.documents.models import Classified, DocumentState, Measured, Review
from tests.orchestrations.drive import FakeContext, run

JOB = DocumentJob(organization_id=uuid4(), document_id=uuid4(), number=2)
REMIND_AT, DEADLINE = datetime(2030, 1, 4, tzinfo=UTC), datetime(2030, 1, 15, tzinfo=UTC)
SURE = Review(state=DocumentState.ACCEPTED, needs_person=False)
ASK = Review(
    state=DocumentState.NEEDS_REVIEW,
    needs_person=True,
    round=2,
    remind_at=REMIND_AT,
    deadline=DEADLINE,
)
READING = ["measure_document", "read_document", "classify_document"]


def context(*, event_before: int | None = None, **answers: Any) -> FakeContext:
    usual: dict[str, Any] = {
        "measure_document": Measured(is_duplicate=False),
        "classify_document": Classified(has_fields=True),
        "decide_review": ASK,
        "read_decision": "rejected",
    }
    return FakeContext(JOB, usual | answers, event_before)


def refused(code: str) -> dict[str, Any]:
    return {"refused": {"code": code, "detail": "Nothing here can read it"}}


class TestUnderstanding:
    def test_a_sure_document_needs_no_person(self) -> None:
        ctx = context(decide_review=SURE)

        assert run(process_document_v1, ctx) == "accepted"
        assert ctx.called == [
            *READING,
            "extract_document",
            "validate_document",
            "mask_pages",
            "decide_review",
        ]
        assert ctx.awaited == []

    def test_a_document_without_fields_has_none_extracted(self) -> None:
        ctx = context(classify_document=Classified(has_fields=False), decide_review=SURE)

        assert run(process_document_v1, ctx) == "accepted"
        assert ctx.called == [*READING, "mask_pages", "decide_review"]

    def test_a_duplicate_is_not_read(self) -> None:
        ctx = context(measure_document=Measured(is_duplicate=True))

        assert run(process_document_v1, ctx) == "duplicate"
        assert ctx.called == ["measure_document"]

    @pytest.mark.parametrize("at", [*READING, "extract_document", "mask_pages"])
    def test_a_refusal_of_any_step_is_noted_then_decided_upon(self, at: str) -> None:
        ctx = context(event_before=1, **{at: refused("reader_unavailable")})

        assert run(process_document_v1, ctx) == "rejected"
        assert ctx.called[ctx.called.index(at) + 1 :] == [
            "note_refusal",
            "decide_review",
            "read_decision",
        ]

    def test_what_nobody_can_read_ends_without_a_person(self) -> None:
        ctx = context(
            read_document=refused("document_encrypted"),
            decide_review=Review(state=DocumentState.REJECTED, needs_person=False),
        )

        assert run(process_document_v1, ctx) == "rejected"
        assert ctx.awaited == []

    @pytest.mark.parametrize("at", [*READING, "mask_pages", "decide_review"])
    def test_a_step_that_fails_for_good_is_noted_and_ends_the_story(self, at: str) -> None:
        bug: dict[str, Any] = {at: Exception("a bug of ours")}
        ctx = context(**bug)

        assert run(process_document_v1, ctx) == "failed"
        assert ctx.called[-2:] == [at, "note_failure"]
        assert ctx.awaited == []


class TestTheDecision:
    def test_is_read_and_not_believed_from_the_event(self) -> None:
        ctx = context(event_before=1)

        assert run(process_document_v1, ctx) == "rejected"
        assert ctx.called[-1] == "read_decision"
        assert [timer.is_cancelled for _, timer in ctx.timers] == [True]

    def test_after_the_reminder_ends_the_same_wait(self) -> None:
        """An event's name cannot be awaited twice."""
        ctx = context(event_before=2)

        assert run(process_document_v1, ctx) == "rejected"
        assert ctx.called[-2:] == ["remind_reviewer", "read_decision"]
        assert ctx.awaited == ["reviewed-2"]

    def test_is_never_made_by_silence(self) -> None:
        ctx = context()

        assert run(process_document_v1, ctx) == "needs_review"
        assert ctx.called[-2:] == ["remind_reviewer", "report_overdue"]
        assert [moment for moment, _ in ctx.timers] == [REMIND_AT, DEADLINE]
        assert "read_decision" not in ctx.called


class TestMessages:
    def test_an_older_message_may_know_less(self) -> None:
        older = {"state": "accepted", "needs_person": False}
        ctx = context(decide_review=older)

        assert run(process_document_v1, ctx) == "accepted"

    def test_a_newer_message_may_know_more(self) -> None:
        newer = Classified(has_fields=False).model_dump(mode="json") | {"language": "en"}
        ctx = context(classify_document=newer, decide_review=SURE)
        ctx.job = JOB.model_dump(mode="json") | {"priority": "high"}

        assert run(process_document_v1, ctx) == "accepted"

    def test_only_ids_travel_with_a_job(self) -> None:
        assert set(DocumentJob.model_fields) == {"organization_id", "document_id", "number"}
        assert JOB.instance_id == f"document-{JOB.document_id}-2"
