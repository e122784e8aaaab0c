"""No key anywhere: a managed identity's token, Azurite over TLS that asks for it, the real SDKs."""

import datetime as dt
import os
import ssl
import subprocess
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp.connector
import httpx
import jwt
import psycopg
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from local.parts.azurite import azurite
from shared.platform import azure_identity, blob, db, storage_account
from shared.platform.settings import settings
from shared.platform.storage_account import BlobNotFound, StorageUnavailable
from tests import servers

SECRET_HEADER = "what App Service gave this process"
PUT = {"x-ms-blob-type": "BlockBlob", "if-none-match": "*"}
WITHOUT_CONDITION = {"x-ms-blob-type": "BlockBlob"}


class IdentityEndpoint:
    """What App Service runs beside an app that has a managed identity."""

    def __init__(self) -> None:
        self.asked_for: list[str] = []
        self.token: str | None = None

    async def answer(self, request: web.Request) -> web.Response:
        assert request.headers["x-identity-header"] == SECRET_HEADER
        resource = request.query["resource"]
        self.asked_for.append(resource)
        until = int(dt.datetime.now(dt.UTC).timestamp()) + 3600
        return web.json_response(
            {
                "access_token": self.token or token(resource, until),
                "expires_on": str(until),
                "resource": resource,
                "token_type": "Bearer",
            }
        )


def token(resource: str, until: int) -> str:
    """Azurite's basic check looks at everything in it but the signature."""
    claims = {
        "aud": resource,
        "iss": "https://sts.windows.net/the-tenant/",
        "iat": until - 3600,
        "nbf": until - 3600,
        "exp": until,
        "oid": str(uuid4()),
        "tid": "the-tenant",
    }
    return jwt.encode(claims, "k" * 32)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem"


@pytest.fixture(scope="module")
def account(certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a storage account that takes tokens, over TLS."""
    first = servers.free_ports(3)[0]
    part = azurite(tmp_path_factory.mktemp("azurite"), first, key=servers.KEY)
    tls = ("--cert", str(certificate), "--key", str(certificate.with_name("key.pem")))
    with ExitStack() as stack:
        process = subprocess.Popen(
            [*part.command, *tls, "--oauth", "basic"],
            env={**os.environ, **part.environment},
            stdout=subprocess.DEVNULL,
        )
        stack.callback(process.wait, 20)
        stack.callback(process.terminate)
        servers.wait_for(first)
        yield f"https://127.0.0.1:{first}/devstoreaccount1"


@pytest.fixture
async def endpoint(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[IdentityEndpoint]:
    made = IdentityEndpoint()
    app = web.Application()
    app.router.add_get("/msi/token", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = servers.free_ports(1)[0]
    await web.TCPSite(runner, "127.0.0.1", port).start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{port}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", SECRET_HEADER)
    yield made
    await azure_identity.close()
    await runner.cleanup()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own certificates and this one."""
    context = ssl.create_default_context()
    context.load_verify_locations(certificate)
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", context)


@pytest.fixture
def configured_anew(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def storage(
    account: str,
    endpoint: IdentityEndpoint,
    trusted: None,
    configured_anew: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[IdentityEndpoint]:
    """Our own storage code, configured as it is in Azure."""
    monkeypatch.delenv("DOCUMENTS_STORAGE")
    monkeypatch.setenv("DOCUMENTS_STORAGE__blobServiceUri", account)
    await storage_account.close()
    await blob.make_containers()
    yield endpoint
    await storage_account.close()


@pytest.fixture
def name() -> str:
    return f"{uuid4()}/{uuid4()}"


async def put(certificate: Path, url: str, content: bytes, headers: dict[str, str]) -> int:
    context = ssl.create_default_context(cafile=certificate)
    async with httpx.AsyncClient(verify=context) as browser:
        return (await browser.put(url, content=content, headers=headers)).status_code


class TestTheIdentity:
    async def test_writes_reads_and_asks(self, storage: IdentityEndpoint, name: str) -> None:
        await blob.write(blob.DERIVED, name, b"some bytes", "text/plain")

        assert await blob.read(blob.DERIVED, name) == b"some bytes"
        assert (await blob.properties(blob.DERIVED, name)).size == len(b"some bytes")
        with pytest.raises(BlobNotFound):
            await blob.properties(blob.DERIVED, f"{name}-2")

    async def test_asks_for_one_token_and_keeps_it(
        self, storage: IdentityEndpoint, name: str
    ) -> None:
        await blob.write(blob.DERIVED, name, b"", "text/plain")
        await blob.upload_link(name)

        assert storage.asked_for == ["https://storage.azure.com"]

    async def test_nobody_knows_is_storage_we_cannot_use_now(
        self, storage: IdentityEndpoint, name: str
    ) -> None:
        await azure_identity.close()
        await storage_account.close()
        storage.token = token("https://somebody-else.test", 4_000_000_000)

        with pytest.raises(StorageUnavailable):
            await blob.read(blob.DERIVED, name)
        with pytest.raises(StorageUnavailable):
            await blob.upload_link(name)


class TestAnUploadLink:
    async def test_is_signed_for_the_identity_and_creates_once(
        self, storage: IdentityEndpoint, certificate: Path, name: str
    ) -> None:
        link = await blob.upload_link(name)

        asked = parse_qs(urlsplit(link.url).query)
        assert asked["sktid"] == ["the-tenant"]
        assert asked["sp"] == ["c"]
        assert await put(certificate, link.url, b"w2", PUT) == 201
        assert await put(certificate, link.url, b"changed", PUT) in (403, 409)
        assert await put(certificate, link.url, b"changed", WITHOUT_CONDITION) in (403, 409)
        assert await blob.read(blob.UPLOADS, name) == b"w2"

    async def test_opens_no_other_blob(
        self, storage: IdentityEndpoint, certificate: Path, name: str
    ) -> None:
        link = await blob.upload_link(name)

        assert await put(certificate, link.url.replace(name, f"{name}-2"), b"w2", PUT) == 403

    async def test_uses_the_key_it_was_lent_until_that_is_too_short(
        self, storage: IdentityEndpoint, name: str
    ) -> None:
        now = dt.datetime.now(dt.UTC)
        first = await storage_account.signing_key(until=now + blob.UPLOAD_WINDOW)
        second = await storage_account.signing_key(until=now + blob.UPLOAD_WINDOW)
        later = await storage_account.signing_key(until=now + 2 * storage_account.KEY_LASTS)

        assert first.account_key is None
        assert first.user_delegation_key is second.user_delegation_key
        assert later.user_delegation_key is not first.user_delegation_key


class TestTheDatabase:
    async def test_takes_the_identitys_token_where_the_url_has_no_password(
        self,
        database: str,
        endpoint: IdentityEndpoint,
        configured_anew: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Azure's Postgres takes the token as the password; this one has it as its password."""
        role = f"identity_{uuid4().hex}"
        endpoint.token = token("https://ossrdbms-aad.database.windows.net", 4_000_000_000)
        with psycopg.connect(database, autocommit=True) as admin:
            admin.execute(
                SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(role), endpoint.token)
            )
        info = conninfo_to_dict(database)
        where = {key: str(info[key]) for key in ("host", "port", "dbname")}
        monkeypatch.setenv("DATABASE_URL", make_conninfo(**where, user=role))

        pool = db.pool.__wrapped__()
        async with pool, pool.connection() as conn:
            found = await (await conn.execute("SELECT current_user")).fetchone()

        assert found == (role,)
        assert endpoint.asked_for == ["https://ossrdbms-aad.database.windows.net"]
