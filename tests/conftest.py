"""Tests commit for real: a database for each worker, a new firm for each test."""

import base64
import hashlib
import os
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack

import psycopg
import pytest
from httpx import AsyncClient
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from shared.platform import blob, cache, db, storage_account
from shared.platform.actor import Actor
from shared.platform.migrate import MIGRATIONS, migrate
from shared.platform.settings import Settings, settings
from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.roster import Vendors
from tests import leaks, servers
from tests.functions.transport import AreaTransport, Durable
from tests.make import identity as make
from tests.make.identity import Firm

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_servers = ExitStack()
Configure = Callable[..., None]
SAFE = {
    "DATABASE_URL": "postgresql://app:app@127.0.0.1:9/none",
    "DOCUMENTS_STORAGE": "UseDevelopmentStorage=true",
    "CURSOR_KEY": base64.b64encode(hashlib.sha256(b"tests, cursors").digest()).decode(),
    "TOKEN_ISSUER": make.ISSUER,
    "TOKEN_AUDIENCE": make.AUDIENCE,
    "TOKEN_JWKS_URL": "http://127.0.0.1:9/jwks",
    "READER": "none",
    "SWEEP_SCHEDULE": "0 */5 * * * *",
    "SEALS_SCHEDULE": "30 */5 * * * *",
    "PARTITIONS_SCHEDULE": "0 20 3 * * *",
    "KEYS_SCHEDULE": "0 40 3 * * *",
    "RATE_LIMIT_IP": "1000000/minute",  # all tests come from one address; some set their own
    "RATE_LIMIT_USER": "1000000/minute",
    "RATE_LIMIT_ORGANIZATION": "1000000/minute",
    "RATE_LIMIT_API_KEY": "1000000/minute",
}


def pytest_configure(config: pytest.Config) -> None:
    os.environ.update(SAFE)  # function_app, which tests import, refuses to do without
    if not hasattr(config, "workerinput"):  # the controller starts what all workers share
        servers.start(_servers)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _servers.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what a test has counted and given to record_property("counts", …)."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == "counts" and report.when == "call":
                    terminalreporter.section(report.nodeid)
                    terminalreporter.write_line(text)


@pytest.fixture(scope="session")
def server() -> str:
    """As an administrator of the server."""
    return os.environ["TEST_DATABASE_URL"]


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """A migrated database; its name says which migrations, so it is made once for each set."""
    files = [path.read_bytes() for path in sorted(MIGRATIONS.glob("*.sql"))]
    name = f"advisoros_template_{hashlib.sha256(b''.join(files)).hexdigest()[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(hashtext('template'))")
        admin.execute((MIGRATIONS.parent / "roles.sql").read_bytes())
        for role in ("migrator", "app"):
            admin.execute(
                SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), SQL(f"'{role}'"))
            )
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            admin.execute(SQL("CREATE DATABASE {} OWNER migrator").format(Identifier(name)))
            migrate(login(server, "migrator", name))
    return name


@pytest.fixture(scope="session")
def database(server: str, template: str) -> str:
    """The worker's own copy, as the administrator sees it."""
    name = f"advisoros_test_{WORKER}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(hashtext('template'))")  # one copy at a time
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        admin.execute(
            SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
        )
    return make_conninfo(server, dbname=name)


@pytest.fixture(scope="session", autouse=True)
def configured(server: str, database: str) -> Generator[None]:
    name = conninfo_to_dict(database)["dbname"]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", login(server, "app", str(name)))
        environment.setenv("DOCUMENTS_STORAGE", os.environ["TEST_STORAGE"])
        environment.setenv("REDIS_URL", os.environ["TEST_REDIS_URL"])
        settings.cache_clear()
        yield


@pytest.fixture(scope="session", autouse=True)
def listening(configured: None) -> Generator[None]:
    leaks.watch.keep_settings(Settings)
    with leaks.listening():
        yield
    assert leaks.watch.take() == [], "after the last test"


@pytest.fixture(autouse=True)
def nothing_leaks(listening: None) -> Generator[None]:
    """No TIN, token or key in a log record or an error body: tests/leaks.py."""
    yield
    assert leaks.watch.take() == []


@pytest.fixture(scope="session", autouse=True)
async def pool(configured: None) -> AsyncGenerator[None]:
    yield
    await db.pool().close()
    await storage_account.close()
    await cache.close()


@pytest.fixture(scope="session")
async def storage(configured: None) -> None:
    """Blob Storage with both containers."""
    servers.wait_for_storage()
    await blob.make_containers()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Generator[Configure]:
    """Other settings for one test, such as rate_limit_ip="3/minute"."""

    def change(**changes: str) -> None:
        for name, value in changes.items():
            monkeypatch.setenv(name.upper(), value)
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def no_cache(configure: Configure) -> None:
    """As in a deployment without Redis."""
    configure(redis_url="")


@pytest.fixture
def reader(storage: None) -> Generator[FakeReader]:
    """Reads whatever it is told; a test says what."""
    fake = FakeReader()
    with roster.playing(Vendors(reader=fake)):
        yield fake


@pytest.fixture
async def firm() -> Firm:
    return await make.firm()


@pytest.fixture
async def other_firm() -> Firm:
    return await make.firm()


@pytest.fixture
def actor(firm: Firm) -> Actor:
    return firm.actor


@pytest.fixture
def durable() -> Durable:
    return Durable()


@pytest.fixture
async def http(firm: Firm, durable: Durable) -> AsyncGenerator[AsyncClient]:
    async with client_of(firm, durable) as client:
        yield client


def client_of(firm: Firm, durable: Durable) -> AsyncClient:
    return AsyncClient(
        transport=AreaTransport(durable),
        base_url="http://test/api/v1",
        headers={"authorization": f"Bearer {make.token(firm.subject)}"},
    )


def login(server: str, role: str, name: str) -> str:
    return make_conninfo(server, dbname=name, user=role, password=role)
