"""Postgres: one pool per process, one transaction per unit of work.

Row-level security does the tenant filtering. A transaction tells Postgres whose
rows it may see before it runs any query, and Postgres forgets when it ends.
The driver is imported inside functions: the host indexes us without it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias, TypeVar

from shared.platform import azure_identity
from shared.platform.actor import Actor
from shared.platform.errors import NotFound, UnknownReference, VendorUnavailable
from shared.platform.messages import Alert, Change, Event
from shared.platform.redaction import redact_all
from shared.platform.settings import settings

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg.rows import AsyncRowFactory
    from psycopg.types.json import Jsonb
    from psycopg_pool import AsyncConnectionPool

    Connection: TypeAlias = AsyncConnection[tuple[Any, ...]]

POOL_TIMEOUT = 10.0
DATABASE_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"

# Row-level security goes by these until the transaction ends.
SETTINGS: LiteralString = """
    SELECT set_config('app.organization_id', {}, true),
           set_config('app.user_id', {}, true),
           set_config('app.role', {}, true),
           set_config('app.client_id', {}, true)
"""
GLANCE = (
    SETTINGS.format("%s", "%s", "%s", "%s") + ", set_config('transaction_read_only', 'on', true)"
)

Row = TypeVar("Row")
Value = TypeVar("Value")


class DatabaseUnavailable(VendorUnavailable):
    """The database does not answer."""

    code = "database_unavailable"
    remedy = "Try again in a moment"


class Sight(ABC):
    """What may be asked for one organization's rows."""

    async def one(self, row: type[Row], query: LiteralString, **params: object) -> Row:
        found = await self.find(row, query, **params)
        if found is None:
            raise NotFound(f"{getattr(row, 'noun', row.__name__)} not found")
        return found

    async def find(self, row: type[Row], query: LiteralString, **params: object) -> Row | None:
        found = await self.many(row, query, **params)
        return found[0] if found else None

    @abstractmethod
    async def many(self, row: type[Row], query: LiteralString, **params: object) -> list[Row]: ...


@dataclass(frozen=True)
class Glance(Sight):
    """For one statement that reads: a transaction of its own, there and back in one round trip.

    What a pipeline sends is one transaction: Postgres forgets the settings when it ends.
    """

    actor: Actor

    async def many(self, row: type[Row], query: LiteralString, **params: object) -> list[Row]:
        async def ask(conn: Connection) -> list[Row]:
            async with conn.cursor(row_factory=_class_row(row)) as cursor:
                async with conn.pipeline():
                    await cursor.execute(GLANCE, _settings(self.actor))
                    await cursor.execute(query, params)
                cursor.nextset()
                return await cursor.fetchall()

        return await _answer(ask)


@dataclass(frozen=True)
class Tx(Sight):
    """An open transaction that sees one organization's rows.

    A function that takes a ``Tx`` does no network I/O except to the database.
    """

    connection: Connection
    actor: Actor

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
                (organization_id, entity, action, subject_id, tin_of, user_id, role, session_id,
                 api_key_id, detail, before, after, request_id, ip, user_agent)
            VALUES (%(organization_id)s, %(entity)s, %(action)s, %(subject_id)s, %(tin_of)s,
                    %(user_id)s, %(role)s, %(session_id)s, %(api_key_id)s, %(detail)s, %(before)s,
                    %(after)s, %(request_id)s, %(ip)s, %(user_agent)s)
            """,
            entity=change.entity,
            action=change.action,
            subject_id=change.subject_id,
            tin_of=change.tin_of,
            role=self.actor.role,
            detail=jsonb(redact_all(change.detail)),
            before=None if change.before is None else jsonb(redact_all(change.before)),
            after=None if change.after is None else jsonb(redact_all(change.after)),
            **self._who(),
        )

    async def alert(self, alert: Alert) -> None:
        """Keep it for whoever watches over the firm's security."""
        await self.run(
            """
            INSERT INTO security_events
                (organization_id, user_id, session_id, api_key_id, kind, subject_id, detail,
                 request_id, ip, user_agent)
            VALUES (%(organization_id)s, %(user_id)s, %(session_id)s, %(api_key_id)s, %(kind)s,
                    %(subject_id)s, %(detail)s, %(request_id)s, %(ip)s, %(user_agent)s)
            """,
            kind=alert.kind,
            subject_id=alert.subject_id,
            detail=jsonb(redact_all(alert.detail)),
            **self._who(),
        )

    def _who(self) -> dict[str, object]:
        actor, origin = self.actor, self.actor.origin
        return {
            "organization_id": actor.organization_id,
            "user_id": actor.user_id,
            "session_id": actor.session_id,
            "api_key_id": actor.api_key_id,
            "request_id": origin.request_id,
            "ip": origin.ip,
            "user_agent": origin.user_agent,
        }


@asynccontextmanager
async def transaction(actor: Actor) -> AsyncGenerator[Tx]:
    from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege

    async with _begun(actor, b"BEGIN") as conn:
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
    async with _begun(actor, b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as conn:
        yield Tx(conn, actor)


def _settings(actor: Actor) -> tuple[str, str, str, str]:
    return (
        str(actor.organization_id),
        str(actor.user_id or ""),
        actor.role.value,
        str(actor.client_id or ""),
    )


@lru_cache(maxsize=10_000)
def _told(*settings_of_actor: str) -> bytes:
    from psycopg.sql import SQL, Literal

    return SQL(SETTINGS).format(*map(Literal, settings_of_actor)).as_bytes()


async def look_up(row: type[Row], query: LiteralString, **params: object) -> list[Row]:
    """Ask one of the functions that work before the firm is known; they return ids only."""
    return await _answer(lambda conn: _rows(conn, row, query, params))


async def ping() -> None:
    await _answer(lambda conn: conn.execute("SELECT 1"))


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
async def _begun(actor: Actor, begin: bytes) -> AsyncGenerator[Connection]:
    """Without an error, what was begun is committed.

    All of the beginning is one message to the server: each costs a request as much as a query does.
    """
    opening = begin + b";" + _told(*_settings(actor))
    with _translated():
        # Several statements cannot be prepared.
        conn, _ = await _first(lambda conn: conn.execute(opening, prepare=False))
        try:
            async with conn:  # rolls back after an error; it closes none that is a pool's
                yield conn
                await conn.commit()  # here: leaving says nothing of a connection that was lost
        finally:
            await pool().putconn(conn)


async def _answer(ask: Callable[[Connection], Awaitable[Value]]) -> Value:
    with _translated():
        conn, answer = await _first(ask)
        await pool().putconn(conn)
        return answer


async def _first(ask: Callable[[Connection], Awaitable[Value]]) -> tuple[Connection, Value]:
    """One may have died while it lay in the pool. Nothing has happened yet: another one, then."""
    from psycopg import OperationalError

    the_pool = pool()
    await the_pool.open()  # returns at once when it is already open
    left = the_pool.max_size
    while True:
        conn = await the_pool.getconn()
        try:
            return conn, await ask(conn)
        except BaseException as error:
            await the_pool.putconn(conn)
            if not left or not (conn.broken and isinstance(error, OperationalError)):
                raise
            left -= 1


@contextmanager
def _translated() -> Generator[None]:
    from psycopg import OperationalError

    try:
        yield
    except OperationalError as error:  # no connection to be had, or it broke under us
        raise DatabaseUnavailable("The database does not answer") from error


async def _rows(
    conn: Connection, row: type[Row], query: LiteralString, params: dict[str, object]
) -> list[Row]:
    async with conn.cursor(row_factory=_class_row(row)) as cursor:
        await cursor.execute(query, params)
        return await cursor.fetchall()


def _class_row(row: type[Row]) -> AsyncRowFactory[Row]:
    from psycopg.rows import class_row

    return class_row(row)
