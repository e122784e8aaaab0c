"""Routes as FastAPI and psycopg alone would have them, to compare ours with.

The same statements, the same token check, the same response model, and nothing else:
``uvicorn benchmarks.bare:app`` with the settings that the functions host gets. A document is read
in the same kind of transaction; clients by one statement, on connections that are one firm's for
good (OPEN_ORGANIZATION), and under /open without asking who it is either.
"""

import json
import os
import urllib.request
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import jwt
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jwt import PyJWKSet
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from shared.clients.models import Client
from shared.documents.models import DocumentView

Connection: TypeAlias = AsyncConnection[DictRow]
Row: TypeAlias = dict[str, Any]

MEMBERSHIP = """
    SELECT organization_id, user_id, role, client_id
    FROM membership_of(%(issuer)s, %(subject)s)
"""
SETTINGS = """
    SELECT set_config('app.organization_id', %(organization_id)s, true),
           set_config('app.user_id', %(user_id)s, true),
           set_config('app.role', %(role)s, true),
           set_config('app.client_id', %(client_id)s, true)
"""
DOCUMENT = """
    SELECT id, client_id, parent_id, name, state, code, detail, kind, confidence, tax_year, pages,
           run, size, media_type, duplicate_of, version, created_at, received_at
    FROM documents
    WHERE id = %(id)s
"""
PARTS = """
    SELECT id, client_id, parent_id, name, state, code, detail, kind, confidence, tax_year, pages,
           run, size, media_type, duplicate_of, version, created_at, received_at
    FROM documents
    WHERE parent_id = %(id)s AND run = %(run)s
    ORDER BY pages, id
"""
PAGES = """
    SELECT page, kind, confidence
    FROM document_pages
    WHERE document_id = %(id)s AND run = %(run)s
    ORDER BY page
"""
FIELDS = """
    SELECT id, name, value, value_sealed, last4, confidence, page, box, source
    FROM extracted_fields
    WHERE document_id = %(id)s AND run = %(run)s
    ORDER BY name
"""
FINDINGS = """
    SELECT rule, severity, message, fields
    FROM findings
    WHERE document_id = %(id)s AND run = %(run)s
    ORDER BY created_at, rule, fields
"""
RUNS = """
    SELECT number, reader, outcome, code, started_at, finished_at
    FROM document_processing
    WHERE document_id = %(id)s
    ORDER BY number
"""

CLIENT = """
    SELECT id, name, entity_type, state, '***-**-' || tin_last4 AS tin_masked, version,
           created_at, updated_at
    FROM clients
    WHERE id = %(id)s
"""

bearer = HTTPBearer()
pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=0,
    max_size=int(os.environ["DATABASE_POOL_SIZE"]),
    open=False,
    kwargs={"row_factory": dict_row},
)


of_one_firm: AsyncConnectionPool[Connection] = AsyncConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=0,
    max_size=int(os.environ["DATABASE_POOL_SIZE"]),
    open=False,
    kwargs={
        "row_factory": dict_row,
        "autocommit": True,
        "options": f"-c app.organization_id={os.environ.get('OPEN_ORGANIZATION', '')}",
    },
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    async with pool, of_one_firm:
        yield


app = FastAPI(lifespan=lifespan)


@cache
def keys() -> PyJWKSet:
    with urllib.request.urlopen(os.environ["TOKEN_JWKS_URL"]) as answer:  # noqa: S310 - ours
        return PyJWKSet.from_dict(json.load(answer))


async def verified(given: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> Row:
    token = given.credentials
    return jwt.decode(
        token,
        keys()[jwt.get_unverified_header(token)["kid"]],
        algorithms=["RS256"],
        issuer=os.environ["TOKEN_ISSUER"],
        audience=os.environ["TOKEN_AUDIENCE"],
    )


async def membership(claims: Annotated[Row, Depends(verified)]) -> Row:
    who = {"issuer": claims["iss"], "subject": claims["sub"]}
    async with pool.connection() as conn:
        found = await (await conn.execute(MEMBERSHIP, who)).fetchone()
    if found is None:
        raise HTTPException(403)
    return found


@app.get("/api/v1/documents/{document_id}")
async def get_document(
    member: Annotated[Row, Depends(membership)], document_id: UUID, response: Response
) -> DocumentView:
    settings = {name: str(value or "") for name, value in member.items()}
    async with pool.connection() as conn, conn.transaction():
        await conn.execute(SETTINGS, settings)
        found = await (await conn.execute(DOCUMENT, {"id": document_id})).fetchone()
        if found is None:
            raise HTTPException(404)
        of_run = {"id": document_id, "run": found["run"]}
        pages = await (await conn.execute(PAGES, of_run)).fetchall()
        children = await (await conn.execute(PARTS, of_run)).fetchall()
        fields = await (await conn.execute(FIELDS, of_run)).fetchall()
        findings = await (await conn.execute(FINDINGS, of_run)).fetchall()
        runs = await (await conn.execute(RUNS, {"id": document_id})).fetchall()
    response.headers["etag"] = f'"{found["version"]}"'
    shown = {row["name"]: row | {"value": row["value"] or _masked(row)} for row in fields}
    known = {"pages": pages, "fields": shown, "findings": findings, "runs": runs}
    return DocumentView.model_validate(found | known | {"children": children})


@app.get("/api/v1/clients/{client_id}", dependencies=[Depends(verified)])
@app.get("/open/clients/{client_id}")
async def get_client(client_id: UUID) -> Client:
    async with of_one_firm.connection() as conn:
        found = await (await conn.execute(CLIENT, {"id": client_id})).fetchone()
    if found is None:
        raise HTTPException(404)
    return Client.model_validate(found)


def _masked(row: Row) -> str | None:
    return f"***-**-{row['last4']}" if row["last4"] else None
