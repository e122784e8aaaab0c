"""One step each: unwrap the job, call the domain, hand back the answer.

The domain is imported by the first step that runs, not when the host indexes us.
"""

from azure.durable_functions import Blueprint

from orchestrations.document_processing.messages import DocumentJob, RefusedJob
from orchestrations.durable import step
from shared.documents.models import Classified, DocumentState, Measured, Review

bp = Blueprint()


@step(bp)
async def measure_document(job: DocumentJob) -> Measured:
    from shared.documents import processing

    return await processing.measure_document(job.actor, job.document_id, job.number)


@step(bp)
async def read_document(job: DocumentJob) -> None:
    from shared.documents import processing

    await processing.read_document(job.actor, job.document_id, job.number)


@step(bp)
async def classify_document(job: DocumentJob) -> Classified:
    from shared.documents import processing

    return await processing.classify_document(job.actor, job.document_id, job.number)


@step(bp)
async def extract_document(job: DocumentJob) -> None:
    from shared.documents import processing

    await processing.extract_document(job.actor, job.document_id, job.number)


@step(bp)
async def validate_document(job: DocumentJob) -> None:
    from shared.documents import processing

    await processing.validate_document(job.actor, job.document_id, job.number)


@step(bp)
async def mask_pages(job: DocumentJob) -> None:
    from shared.documents import masking

    await masking.mask_pages(job.actor, job.document_id, job.number)


@step(bp)
async def note_refusal(job: RefusedJob) -> None:
    from shared.documents import processing

    await processing.note_refusal(job.actor, job.document_id, job.number, job.code, job.detail)


@step(bp)
async def note_failure(job: RefusedJob) -> None:
    from shared.documents import processing

    await processing.note_failure(job.actor, job.document_id, job.number, job.code)


@step(bp)
async def decide_review(job: DocumentJob) -> Review:
    from shared.documents import review

    return await review.decide_review(job.actor, job.document_id, job.number)


@step(bp)
async def read_decision(job: DocumentJob) -> DocumentState:
    from shared.documents import review

    return await review.read_decision(job.actor, job.document_id, job.number)


@step(bp)
async def remind_reviewer(job: DocumentJob) -> None:
    from shared.documents import review

    await review.remind_reviewer(job.actor, job.document_id, job.number)


@step(bp)
async def report_overdue(job: DocumentJob) -> None:
    from shared.documents import review

    await review.report_overdue(job.actor, job.document_id, job.number)
