import asyncio
import os
import warnings
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from azure.functions._durable_functions import df_loads
from azurefunctions.extensions.base import get_binding_registry

from local.parts.azurite import azurite as azurite_part
from local.parts.azurite import connection_string
from tests.servers import free_ports

BLOB_BINDINGS = ("blob", "blobTrigger")
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.fixture(autouse=True, scope="session")
def _sdk_has_warned() -> None:
    """The SDK warns once a process that typed inputs are to come; that is not about these tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        df_loads("null")


_theirs: dict[str, type] = {}


@pytest.fixture(autouse=True, scope="module")
def _microsofts_blob_binding() -> Generator[None]:
    """The apps here bind Microsoft's client, in the place that the product's own binding takes."""
    known = get_binding_registry()._bindings  # pyright: ignore[reportPrivateUsage]
    ours = {name: known.pop(name) for name in BLOB_BINDINGS if name in known}
    known.update(_theirs)
    yield
    _theirs.update({name: known.pop(name) for name in BLOB_BINDINGS if name in known})
    known.update(ours)


class Azurite:
    """The emulator of this test run; it can be stopped and started again."""

    def __init__(self, folder: Path, port: int) -> None:
        self._part = azurite_part(folder, port, key=KEY)
        self._process: asyncio.subprocess.Process | None = None
        self.connection = connection_string(port, KEY)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._part.command,
            stdout=asyncio.subprocess.DEVNULL,
            env={**os.environ, **self._part.environment},
        )
        while not await self._part.is_healthy():
            assert self._process.returncode is None
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        assert self._process
        self._process.terminate()
        await self._process.wait()


@pytest_asyncio.fixture(scope="session")
async def azurite(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Azurite]:
    server = Azurite(tmp_path_factory.mktemp("azurite"), free_ports(3)[0])
    await server.start()
    yield server
    await server.stop()
