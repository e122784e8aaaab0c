from typing import Any

from azure.durable_functions import Blueprint, DurableOrchestrationContext

from orchestrations.document_processing import activities as do
from orchestrations.document_processing.messages import DocumentJob, RefusedJob
from orchestrations.durable import Refused, StepFailed, Steps, call
from shared.documents.models import Review

bp = Blueprint()


@bp.orchestration_trigger(context_name="context")
def process_document_v1(context: DurableOrchestrationContext) -> Steps[str]:
    """Measure, read and understand a document, then keep it or ask a person.

    It branches on recorded answers only: a threshold written here would strand,
    at the next deployment, every document that waits.
    """
    job = DocumentJob.model_validate(context.get_input())
    try:
        is_duplicate = yield from _understand(context, job)
        if is_duplicate:
            return "duplicate"
        review = yield from call(context, do.decide_review, job)
    except (StepFailed, Refused) as failed:
        failure = RefusedJob(**job.model_dump(), code=failed.code, detail=str(failed))
        yield from call(context, do.note_failure, failure)
        return "failed"
    if review.needs_person:
        return (yield from _decision(context, job, review))
    return review.state.value


def _understand(context: DurableOrchestrationContext, job: DocumentJob) -> Steps[bool]:
    """True for a duplicate, which is not read.

    A refusal ends the understanding, not the story: it is noted, then decided upon.
    """
    try:
        measured = yield from call(context, do.measure_document, job)
        if measured.is_duplicate:
            return True
        yield from call(context, do.read_document, job)
        classified = yield from call(context, do.classify_document, job)
        if classified.has_fields:
            yield from call(context, do.extract_document, job)
            yield from call(context, do.validate_document, job)
        yield from call(context, do.mask_pages, job)
    except Refused as refused:
        refusal = RefusedJob(**job.model_dump(), code=refused.code, detail=refused.detail)
        yield from call(context, do.note_refusal, refusal)
    return False


def _decision(context: DurableOrchestrationContext, job: DocumentJob, review: Review) -> Steps[str]:
    """Silence never accepts: first a reminder, then the manager hears, then the story ends."""
    assert review.remind_at
    assert review.deadline
    decided: Any = context.wait_for_external_event(job.decision_event)
    for moment, when_silent in (
        (review.remind_at, do.remind_reviewer),
        (review.deadline, do.report_overdue),
    ):
        timer: Any = context.create_timer(moment)
        winner = yield context.task_any([decided, timer])
        if winner is decided:
            timer.cancel()
            return (yield from call(context, do.read_decision, job)).value
        yield from call(context, when_silent, job)
    return "needs_review"
