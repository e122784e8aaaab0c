from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Body, Depends, Header, Path, Query, Request, Response

from functions.http.auth import Allowed, SeenVersion, current_actor
from functions.http.paging import PAGE_SIZE, Cursor, Limit
from functions.http.problems import DECISION_PROBLEMS
from functions.http.routing import area_router
from orchestrations.document_processing import starting
from shared.documents import corrections, guide, intake, review, views
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
from shared.identity.permissions import Permission
from shared.platform.actor import Actor
from shared.platform.paging import Page

router = area_router("documents")

Reader = Annotated[Actor, Depends(Allowed(Permission.READ_DOCUMENTS))]
Sender = Annotated[Actor, Depends(Allowed(Permission.CREATE_DOCUMENTS))]
Reviewer = Annotated[Actor, Depends(Allowed(Permission.UPDATE_DOCUMENTS))]

MAX_PAGE_NUMBER = 10_000

FieldName = Annotated[str, Path(max_length=100, pattern=r"^[a-z0-9_]+$")]
PageNumber = Annotated[int, Path(ge=1, le=MAX_PAGE_NUMBER)]
TaxYear = Annotated[int | None, Query(ge=1900, le=2100, description="Forms change their boxes.")]


@router.post(
    "/uploads",
    status_code=HTTPStatus.CREATED,
    summary="Announce a file; get the address to PUT it to",
    responses={HTTPStatus.OK: {"model": Upload, "description": "You already have it"}},
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
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[Document]:
    return await views.list_documents(
        actor, client_id=client_id, state=state, kind=kind, cursor=cursor, limit=limit
    )


@router.get("/review-queue", summary="Documents that wait for a person, longest first")
async def list_to_review(
    actor: Reviewer, cursor: Cursor = None, limit: Limit = PAGE_SIZE
) -> Page[Document]:
    return await views.list_to_review(actor, cursor, limit)


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
async def get_document(actor: Reader, document_id: UUID, response: Response) -> DocumentView:
    document = await views.get_document(actor, document_id)
    response.headers["etag"] = f'"{document.version}"'
    response.headers["cache-control"] = "private, no-cache"
    return document


@router.get(
    "/{document_id}/pages/{page}.png",
    summary="A page as an image, TINs blacked out unless you may see them",
    response_class=Response,
    responses={HTTPStatus.OK: {"content": {"image/png": {}}}},
)
async def get_page_image(
    actor: Reader,
    document_id: UUID,
    page: PageNumber,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    png, tag = await views.get_page_image(actor, document_id, page)
    headers = {"etag": f'"{tag}"', "cache-control": "private, no-store"}
    if if_none_match == headers["etag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(png, media_type="image/png", headers=headers)


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
    response: Response,
) -> DocumentView:
    await corrections.correct_field(actor, document_id, version, name, correction)
    return await get_document(actor, document_id, response)


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
    response: Response,
) -> DocumentView:
    if isinstance(decision, ChangeKind):
        await corrections.change_kind(actor, document_id, version, decision.kind)
    else:
        _, waiting = await review.decide_document(actor, document_id, version, decision)
        await starting.follow_up(request.state.durable, actor.organization_id, decided=waiting)
    return await get_document(actor, document_id, response)


@router.post(
    "/{document_id}/reread",
    status_code=HTTPStatus.ACCEPTED,
    summary="Read the same file again",
    responses={HTTPStatus.CONFLICT: DECISION_PROBLEMS[409]},
)
async def reread(
    actor: Reviewer, document_id: UUID, request: Request, response: Response
) -> DocumentView:
    """What the new run reads takes the place of everything, a person's corrections too.

    Those stay with the run they were made on, and in the audit trail.
    """
    run, ended = await corrections.request_reread(actor, document_id)
    await starting.follow_up(
        request.state.durable, actor.organization_id, begun=[run], decided=[ended]
    )
    return await get_document(actor, document_id, response)
