"""Documents at each point of their way."""

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import azure.functions as func

from orchestrations.document_processing import activities
from orchestrations.document_processing.messages import DocumentJob
from orchestrations.document_processing.orchestrator import process_document_v1
from shared.documents import intake, views
from shared.documents.models import DocumentView, NewUpload, RunToStart
from shared.documents.storage import upload_name
from shared.platform import blob
from tests.make.identity import Firm
from tests.orchestrations.drive import RealContext, carry_out


def _steps() -> dict[str, Any]:
    """The activities as the host calls them, by name."""
    app = func.FunctionApp()
    app.register_functions(activities.bp)
    return {str(step.get_function_name()): step.get_user_function() for step in app.get_functions()}


STEPS = _steps()


def new_upload(firm: Firm, content: bytes, name: str = "w2.pdf") -> NewUpload:
    return NewUpload(
        client_id=firm.client_id,
        name=name,
        size=len(content),
        sha256=sha256(content).hexdigest(),
    )


async def expected(firm: Firm, content: bytes | None = None) -> UUID:
    """Announced; nothing has come yet."""
    given = content if content is not None else uuid4().bytes
    new = new_upload(firm, given, f"{uuid4()}.pdf")
    return (await intake.reserve_upload(firm.actor, new)).document_id


async def uploaded(firm: Firm, content: bytes | None = None) -> UUID:
    """The bytes are there; no event has said so."""
    given = content if content is not None else uuid4().bytes
    document_id = await expected(firm, given)
    await put(firm, document_id, given)
    return document_id


async def put(firm: Firm, document_id: UUID, content: bytes) -> None:
    name = upload_name(firm.organization_id, document_id)
    await blob.write(blob.UPLOADS, name, content, "application/octet-stream")


async def received(firm: Firm, content: bytes | None = None) -> DocumentJob:
    """A run is open for the blob; its story has not begun."""
    document_id = await uploaded(firm, content)
    run = await intake.receive_blob(firm.organization_id, document_id)
    assert run
    return DocumentJob.of(firm.organization_id, run)


async def processed(firm: Firm, content: bytes | None = None) -> DocumentView:
    """Its story has been carried out as far as it goes without a person."""
    job = await received(firm, content)
    await carry_out_run(job)
    return await views.get_document(firm.actor, job.document_id)


async def carry_out_run(job: DocumentJob) -> str:
    return await carry_out(process_document_v1, RealContext(job, STEPS))


def job_of(firm: Firm, run: RunToStart) -> DocumentJob:
    return DocumentJob.of(firm.organization_id, run)
