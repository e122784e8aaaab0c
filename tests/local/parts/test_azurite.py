"""Azurite as the stack starts it, asked through the unmodified SDK."""

import asyncio
import base64
import os
import secrets
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobServiceClient

from local import containers
from local.parts.azurite import azurite, connection_string
from shared.platform.blob import CONTAINERS
from tests.local.programs import until
from tests.servers import free_ports

PORT = free_ports(3)[0]
KNOWN_KEY = (  # from Microsoft's documentation
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
KEY = base64.b64encode(secrets.token_bytes(64)).decode()


@pytest.fixture(scope="module")
async def storage(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str]:
    part = azurite(Path(tmp_path_factory.mktemp("azurite")), PORT, key=KEY)
    server = await asyncio.create_subprocess_exec(
        *part.command, env={**os.environ, **part.environment}, stdout=asyncio.subprocess.DEVNULL
    )
    await until(part.is_healthy)
    yield connection_string(PORT, KEY)
    server.terminate()
    await server.wait()


def test_bytes_come_back(storage: str) -> None:
    with BlobServiceClient.from_connection_string(storage) as service:
        service.create_container("kept").upload_blob("a/b", b"bytes")

        assert service.get_blob_client("kept", "a/b").download_blob().readall() == b"bytes"


def test_the_key_everybody_knows_opens_nothing(storage: str) -> None:
    with (
        BlobServiceClient.from_connection_string(connection_string(PORT, KNOWN_KEY)) as service,
        pytest.raises(HttpResponseError, match="AuthorizationFailure"),
    ):
        service.create_container("open")


def test_every_container_of_the_product_is_made(storage: str) -> None:
    containers.make(storage)
    containers.make(storage)  # at each start

    with BlobServiceClient.from_connection_string(storage) as service:
        made = {container.name for container in service.list_containers()}

    assert set(CONTAINERS) <= made


@pytest.mark.parametrize(("container", "method"), [("uploads", "PUT"), ("exports", "GET")])
async def test_a_browser_page_may_send_and_take_away(
    storage: str, container: str, method: str
) -> None:
    containers.make(storage)
    endpoint = storage.split("BlobEndpoint=")[1].split(";", maxsplit=1)[0]

    async with httpx.AsyncClient() as browser:
        answer = await browser.options(
            f"{endpoint}/{container}/a/b",
            headers={
                "origin": "http://localhost:3000",
                "access-control-request-method": method,
                "access-control-request-headers": "x-ms-blob-type,if-none-match,content-type",
            },
        )

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] in ("*", "http://localhost:3000")
