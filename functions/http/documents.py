from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Depends, Path, Query, Request, Response

from functions.http.auth import Allowed, SeenVersion, current_actor
from functions.http.idempotency import never_kept
from functions.http.paging import AskedPage
from functions.http.problems import DECISION_PROBLEMS
from functions.http.routing import area_router
from orchestrations.document_processing import starting
from shared.documents import actions, corrections, guide, intake, revealing, review, views
from shared.documents.guide import KindGuide, KindTitle
from shared.documents.kinds import DocumentKind
from shared.documents.models import (
    ChangeKind,
    Document,
    DocumentState,
    DocumentView,
    FieldCorrection,
    NewDecision,
    NewUpload,
    Upload,
)
from shared.identity.actions import Action
from shared.identity.permissions import Permission
from shared.identity.revealing import Reason, RevealedTin
from shared.platform.actor import Actor
from shared.platform.paging import Page

router = area_router("documents")

Reader = Annotated[Actor, Depends(Allowed(Permission.READ_DOCUMENTS))]
Sender = Annotated[Actor, Depends(Allowed(Permission.CREATE_DOCUMENTS))]
Reviewer = Annotated[Actor, Depends(Allowed(Permission.UPDATE_DOCUMENTS))]
Revealer = Annotated[Actor, Depends(Allowed(Permission.REVEAL_TINS))]

MAX_PAGE_NUMBER = 10_000
PNG: dict[int | str, dict[str, Any]] = {HTTPStatus.OK: {"content": {"image/png": {}}}}
UNCACHED = {"cache-control": "private, no-store"}

FieldName = Annotated[str, Path(max_length=100, pattern=r"^[a-z0-9_]+$")]
PageNumber = Annotated[int, Path(ge=1, le=MAX_PAGE_NUMBER)]
TaxYear = Annotated[int | None, Query(ge=1900, le=2100, description="Forms change their boxes.")]


@router.post(
    "/uploads",
    status_code=HTTPStatus.CREATED,
    summary="Announce a file; get the address to PUT it to",
    responses={HTTPStatus.OK: {"model": Upload, "description": "You already have it"}},
    openapi_extra={"x-cost": 3},
)
async def reserve_upload(actor: Sender, new: NewUpload, response: Response) -> Upload:
    upload = await intake.reserve_upload(actor, new)
    if upload.already_received:
        response.status_code = HTTPStatus.OK
    return upload


@router.get("", summary="Documents, newest first")
async def list_documents(
    *,
    actor: Reader,
    client_id: UUID | None = None,
    state: DocumentState | None = None,
    kind: DocumentKind | None = None,
    asked: AskedPage,
) -> Page[Document]:
    return await views.list_documents(actor, asked, client_id=client_id, state=state, kind=kind)


@router.get("/review-queue", summary="Documents that wait for a person, longest first")
async def list_to_review(actor: Reviewer, asked: AskedPage) -> Page[Document]:
    return await views.list_to_review(actor, asked)


@router.get(
    "/kinds",
    summary="The kinds of document, as people call them",
    dependencies=[Depends(current_actor)],
)
async def list_kinds() -> list[KindTitle]:
    return guide.list_kinds()


@router.get(
    "/kinds/{kind}",
    summary="What a kind's fields are called, and how sure a value has to be",
    dependencies=[Depends(current_actor)],
)
async def describe_kind(kind: DocumentKind, tax_year: TaxYear = None) -> KindGuide:
    return guide.describe_kind(kind, tax_year)


@router.get("/{document_id}", summary="One document: state, pages, fields, findings, runs")
async def get_document(actor: Reader, document_id: UUID) -> DocumentView:
    return await views.get_document(actor, document_id)


@router.get(
    "/{document_id}/pages/{page}.png",
    summary="A page as an image, its TINs blacked out",
    response_class=Response,
    responses=PNG,
)
async def get_page_image(actor: Reader, document_id: UUID, page: PageNumber) -> Response:
    png, tag = await views.get_page_image(actor, document_id, page)
    return Response(png, media_type="image/png", headers=UNCACHED | {"etag": f'"{tag}"'})


@router.post(
    "/{document_id}/pages/{page}/reveal",
    summary="See a page with its TINs",
    response_class=Response,
    responses=PNG,
)
@never_kept
async def reveal_page(
    actor: Revealer, document_id: UUID, page: PageNumber, reason: Reason
) -> Response:
    """Only for people signed in with a second factor. The reason is kept for the auditor."""
    png = await revealing.reveal_page(actor, document_id, page, reason)
    return Response(png, media_type="image/png", headers=UNCACHED)


@router.patch(
    "/{document_id}/fields/{name}", summary="Correct a value", responses=DECISION_PROBLEMS
)
async def correct_field(
    *,
    actor: Reviewer,
    document_id: UUID,
    name: FieldName,
    version: SeenVersion,
    correction: FieldCorrection,
) -> DocumentView:
    await corrections.correct_field(actor, document_id, version, name, correction)
    return await views.get_document(actor, document_id)


@router.post("/{document_id}/fields/{name}/reveal", summary="See a TIN that was read")
@never_kept
async def reveal_field(
    actor: Revealer, document_id: UUID, name: FieldName, reason: Reason
) -> RevealedTin:
    """Only for people signed in with a second factor. The reason is kept for the auditor."""
    return await revealing.reveal_field(actor, document_id, name, reason)


@router.post(
    "/{document_id}/review",
    summary="Accept, reject, or say that it is another kind",
    responses=DECISION_PROBLEMS,
)
async def decide(
    *,
    actor: Reviewer,
    document_id: UUID,
    version: SeenVersion,
    decision: Annotated[NewDecision, Body()],
    request: Request,
) -> DocumentView:
    if isinstance(decision, ChangeKind):
        await corrections.change_kind(actor, document_id, version, decision.kind)
    else:
        _, waiting = await review.decide_document(actor, document_id, version, decision)
        await starting.follow_up(request.state.durable, actor.organization_id, decided=waiting)
    return await views.get_document(actor, document_id)


@router.post(
    "/{document_id}/reread",
    status_code=HTTPStatus.ACCEPTED,
    summary="Read the same file again",
    responses={HTTPStatus.CONFLICT: DECISION_PROBLEMS[409]},
    openapi_extra={"x-cost": 5},
)
async def reread(actor: Reviewer, document_id: UUID, request: Request) -> DocumentView:
    """What the new run reads takes the place of everything, a person's corrections too.

    Those stay with the run they were made on, and in the audit trail.
    """
    run, ended = await corrections.request_reread(actor, document_id)
    await starting.follow_up(
        request.state.durable, actor.organization_id, begun=[run], decided=[ended]
    )
    return await views.get_document(actor, document_id)


@router.get("/{document_id}/actions", summary="What you may do with a document now, or why not")
async def list_actions(actor: Reader, document_id: UUID) -> list[Action]:
    return await actions.list_actions(actor, document_id)
