"""Postgres: one pool per process, one transaction per unit of work.

Row-level security does the tenant filtering. A transaction tells Postgres whose
rows it may see before it runs any query, and Postgres forgets when it ends.
The driver is imported inside functions: the host indexes us without it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias, TypeVar

from shared.platform import azure_identity
from shared.platform.actor import Actor
from shared.platform.errors import NotFound, UnknownReference, VendorUnavailable
from shared.platform.messages import Alert, Change, Event
from shared.platform.settings import settings

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg.types.json import Jsonb
    from psycopg_pool import AsyncConnectionPool

    Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]

POOL_TIMEOUT = 10.0
DATABASE_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"

Row = TypeVar("Row")
Value = TypeVar("Value")


class DatabaseUnavailable(VendorUnavailable):
    code = "database_unavailable"


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction that sees one organization's rows.

    A function that takes a ``Tx`` does no network I/O except to the database.
    """

    connection: Connection
    actor: Actor

    async def one(self, row: type[Row], query: LiteralString, **params: object) -> Row:
        found = await self.find(row, query, **params)
        if found is None:
            raise NotFound(f"{row.__name__} not found")
        return found

    async def find(self, row: type[Row], query: LiteralString, **params: object) -> Row | None:
        found = await self.many(row, query, **params)
        return found[0] if found else None

    async def many(self, row: type[Row], query: LiteralString, **params: object) -> list[Row]:
        return await _rows(self.connection, row, query, params)

    async def value(self, kind: type[Value], query: LiteralString, **params: object) -> Value:
        cursor = await self.connection.execute(query, params)
        (found,) = await cursor.fetchone() or (None,)
        if not isinstance(found, kind):
            raise TypeError(f"expected {kind.__name__}, got {type(found).__name__}")
        return found

    async def run(self, query: LiteralString, **params: object) -> int:
        cursor = await self.connection.execute(query, params)
        return cursor.rowcount

    async def publish(self, event: Event) -> None:
        """Put the event in the outbox; it leaves only if this transaction commits."""
        await self.run(
            """
            INSERT INTO outbox_events (organization_id, topic, subject_id, payload)
            VALUES (%(organization_id)s, %(topic)s, %(subject_id)s, %(payload)s)
            """,
            organization_id=event.organization_id,
            topic=event.topic,
            subject_id=event.subject_id,
            payload=jsonb(event.model_dump(mode="json")),
        )

    async def record(self, change: Change) -> None:
        """Keep it for the auditor; it is kept only if this transaction commits."""
        await self.run(
            """
            INSERT INTO audit_entries
                (organization_id, user_id, role, action, subject_id, detail, request_id)
            VALUES (%(organization_id)s, %(user_id)s, %(role)s, %(action)s, %(subject_id)s,
                    %(detail)s, %(request_id)s)
            """,
            organization_id=self.actor.organization_id,
            user_id=self.actor.user_id,
            role=self.actor.role,
            request_id=self.actor.origin.request_id,
            action=change.action,
            subject_id=change.subject_id,
            detail=jsonb(change.told()),
        )

    async def alert(self, alert: Alert) -> None:
        """Keep it for whoever watches over the firm's security."""
        origin = self.actor.origin
        await self.run(
            """
            INSERT INTO security_events
                (organization_id, user_id, kind, subject_id, detail, request_id, ip, user_agent)
            VALUES (%(organization_id)s, %(user_id)s, %(kind)s, %(subject_id)s, %(detail)s,
                    %(request_id)s, %(ip)s, %(user_agent)s)
            """,
            organization_id=self.actor.organization_id,
            user_id=self.actor.user_id,
            kind=alert.kind,
            subject_id=alert.subject_id,
            detail=jsonb(alert.detail),
            request_id=origin.request_id,
            ip=origin.ip,
            user_agent=origin.user_agent,
        )


@asynccontextmanager
async def transaction(actor: Actor) -> AsyncGenerator[Tx]:
    from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege

    async with _pooled() as conn, conn.transaction():
        await _enter(conn, actor)
        try:
            yield Tx(conn, actor)
        except (ForeignKeyViolation, InsufficientPrivilege) as error:
            if error.diag.source_function == "aclcheck_error":  # a missing grant is a bug
                raise
            # Missing, another firm's, or another client's, which a policy stops: all look the same.
            raise UnknownReference("It refers to something that does not exist") from error


@asynccontextmanager
async def snapshot(actor: Actor) -> AsyncGenerator[Tx]:
    """For reading alone: all of it sees one moment, whatever others commit in between."""
    async with _pooled() as conn, conn.transaction():
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await _enter(conn, actor)
        yield Tx(conn, actor)


async def _enter(conn: Connection, actor: Actor) -> None:
    """Row-level security goes by these until the transaction ends."""
    await conn.execute(
        """
        SELECT set_config('app.organization_id', %(organization_id)s, true),
               set_config('app.user_id', %(user_id)s, true),
               set_config('app.role', %(role)s, true),
               set_config('app.client_id', %(client_id)s, true)
        """,
        {
            "organization_id": str(actor.organization_id),
            "user_id": str(actor.user_id or ""),
            "role": actor.role.value,
            "client_id": str(actor.client_id or ""),
        },
    )


async def look_up(row: type[Row], query: LiteralString, **params: object) -> list[Row]:
    """Ask one of the functions that work before the firm is known; they return ids only."""
    async with _pooled() as conn:
        return await _rows(conn, row, query, params)


async def ping() -> None:
    async with _pooled() as conn:
        await conn.execute("SELECT 1")


@cache
def pool() -> AsyncConnectionPool[Connection]:
    from psycopg_pool import AsyncConnectionPool

    config = settings()
    return AsyncConnectionPool(
        _login,
        min_size=0,
        max_size=config.database_pool_size,
        open=False,
        timeout=POOL_TIMEOUT,
        kwargs={"autocommit": True},  # a look-up is one statement; BEGIN and COMMIT make it three
        check=AsyncConnectionPool.check_connection,
    )


async def _login() -> str:
    """As the URL says; without a password there, as this process's identity in Azure.

    The pool asks for each connection: a token lasts an hour, a connection longer.
    """
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    url = settings().database_url.get_secret_value()
    if "password" in conninfo_to_dict(url):
        return url
    token = await azure_identity.credential().get_token(DATABASE_SCOPE)
    return make_conninfo(url, password=token.token)


def jsonb(value: Any) -> Jsonb:
    from psycopg.types.json import Jsonb

    return Jsonb(value)


@asynccontextmanager
async def _pooled() -> AsyncGenerator[Connection]:
    from psycopg import OperationalError

    the_pool = pool()
    await the_pool.open()  # returns at once when it is already open
    try:
        async with the_pool.connection() as conn:
            yield conn
    except OperationalError as error:  # no connection to be had, or it broke under us
        raise DatabaseUnavailable("The database does not answer") from error


async def _rows(
    conn: Connection, row: type[Row], query: LiteralString, params: dict[str, object]
) -> list[Row]:
    from psycopg.rows import class_row

    async with conn.cursor(row_factory=class_row(row)) as cursor:
        await cursor.execute(query, params)
        return await cursor.fetchall()
