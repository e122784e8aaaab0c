from enum import StrEnum
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from functions.http.auth import SignedIn
from functions.http.deferring import PrefersAsync, defer
from functions.http.problems import conflict
from functions.http.routing import area_router
from shared.clients import exports as clients
from shared.compliance import exports as compliance
from shared.identity.permissions import Permission, may, require
from shared.operations import exports
from shared.operations.exports import ExportFormat
from shared.operations.models import Operation
from shared.platform.ids import new_id

router = area_router("exports")


class ExportKind(StrEnum):
    CLIENTS = "clients"
    AUDIT = "audit"


REQUEST = {
    ExportKind.CLIENTS: clients.request_export,
    ExportKind.AUDIT: compliance.request_export,
}
KINDS = {ExportKind.CLIENTS: clients.KIND, ExportKind.AUDIT: compliance.KIND}
NEEDED = {
    clients.KIND: Permission.EXPORT_CLIENTS,
    compliance.KIND: Permission.READ_AUDIT,
}
BY_KIND = {"x-permission": "clients:export for the clients, system:audit for the audit trail"}


class NewExport(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ExportKind
    format: ExportFormat = ExportFormat.CSV


async def permitted(actor: SignedIn, wanted: NewExport) -> NewExport:
    """Asked before an answer that is kept is given again."""
    require(actor, NEEDED[KINDS[wanted.kind]])
    return wanted


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    summary="Take the firm's clients or its audit trail away as a file",
    openapi_extra=BY_KIND | {"x-cost": 10},
)
async def request_export(
    *,
    actor: SignedIn,
    wanted: Annotated[NewExport, Depends(permitted)],
    _prefers: PrefersAsync,  # it is always done so
    request: Request,
    response: Response,
) -> Operation:
    """Watch the operation until it has succeeded, then get its file.

    TINs are masked in the file. What a spreadsheet program would take for a formula is written as
    text. A large export is a security event.
    """
    operation_id = new_id(actor, "operation")
    operation = await REQUEST[wanted.kind](actor, operation_id, wanted.format)
    return await defer(actor, operation, request, response)


@router.get(
    "/{operation_id}/file",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    summary="The file of an export",
    responses=conflict("The export has not succeeded"),
    openapi_extra=BY_KIND,
)
async def get_export_file(actor: SignedIn, operation_id: UUID) -> RedirectResponse:
    """Leads to a link that reads this one file for five minutes; send it no `Authorization`.

    For whoever asked for the export, while the role still allows it, and for seven days.
    """
    kinds = {kind for kind, permission in NEEDED.items() if may(actor, permission)}
    link = await exports.open_export(actor, operation_id, kinds)
    return RedirectResponse(
        link, HTTPStatus.SEE_OTHER, headers={"cache-control": "private, no-store"}
    )
