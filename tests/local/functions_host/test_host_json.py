"""What host.json says and what the local host does: each key that is honoured, seen at work.

The project's own file holds no key that the local host has never heard of.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob.aio import BlobServiceClient

from local.functions_host.configuration import Configuration, ConfigurationError, read_configuration
from local.functions_host.host_json import HONOURED, ONLY_IN_AZURE, leaves, unknown_keys
from tests.local.functions_host.conftest import Azurite
from tests.local.functions_host.hosting import NO_STORAGE, Hosted, hosted, serving, until

PROJECT = Path(__file__).parents[3]

APP = """
import asyncio, os
import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
running = most = failures = 0
released = asyncio.Event()

async def held() -> None:
    global running, most
    running += 1
    most = max(most, running)
    await released.wait()
    running -= 1

@app.route("hold")
async def hold(req: func.HttpRequest) -> func.HttpResponse:
    await held()
    return func.HttpResponse("released", headers={"X-Own": "the function's"})

@app.route("start")
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> str:
    return await client.start_new("many")

@app.orchestration_trigger(context_name="context")
def many(context: df.DurableOrchestrationContext):
    yield context.task_all([context.call_activity("one", n) for n in range(6)])

@app.activity_trigger(input_name="number")
async def one(number: int) -> None:
    await held()

@app.blob_trigger(arg_name="blob", path="%CONTAINER%/{name}", connection="DOCUMENTS_STORAGE")
async def on_blob(blob: func.InputStream) -> None:
    global failures
    if "bad" in blob.name:
        failures += 1
        raise ValueError("a bad blob")
    await held()
"""


class Folder:
    """A function app whose host.json a test writes."""

    def __init__(self, path: Path, storage: str) -> None:
        self.path = path / "app"
        self.storage = storage
        self.path.mkdir()
        (self.path / "function_app.py").write_text(APP)

    def write(self, key: str, value: Any) -> None:
        for part in reversed(key.split(".")):
            value = {part: value}
        (self.path / "host.json").write_text(json.dumps(value))

    @asynccontextmanager
    async def hosted(self, key: str, value: Any, container: str = "none") -> AsyncGenerator[Hosted]:
        self.write(key, value)
        settings = {"DOCUMENTS_STORAGE": self.storage, "CONTAINER": container}
        async with hosted(str(self.path), self.path.parent / "state", **settings) as host:
            yield host
            host.app.released.set()


@pytest.fixture
def folder(tmp_path: Path, azurite: Azurite) -> Folder:
    return Folder(tmp_path, azurite.connection)


async def most_at_once(host: Hosted, path: str, count: int) -> int:
    """How many were let in, when no more are coming."""
    asking = [asyncio.create_task(host.http.get(f"/api/{path}")) for _ in range(count)]
    await until(lambda: host.app.running)
    await asyncio.sleep(0.3)
    host.app.released.set()
    await asyncio.gather(*asking)
    return int(host.app.most)


class TestHonoured:
    """A method for each key, named after the field that it sets."""

    @staticmethod
    async def version(folder: Folder) -> None:
        folder.write("version", "3.0")
        with pytest.raises(ConfigurationError, match="version"):
            read_configuration(folder.path)

    @staticmethod
    async def function_timeout(folder: Folder) -> None:
        folder.write("functionTimeout", "00:00:01")
        settings = {"DOCUMENTS_STORAGE": NO_STORAGE, "CONTAINER": "none"}
        state = folder.path.parent / "state"
        async with serving(folder.path, state, settings=settings) as served:
            asking = asyncio.create_task(asyncio.open_connection("127.0.0.1", served.port))
            _, writer = await asking
            writer.write(b"GET /api/hold HTTP/1.1\r\nhost: x\r\n\r\n")
            assert await served.process.wait() == 1
            writer.close()
        assert "hold ran longer than 1.0 s" in served.log.read_text()

    @staticmethod
    async def log_level(folder: Folder) -> None:
        folder.write("logging.logLevel.default", "Warning")
        settings = {"DOCUMENTS_STORAGE": NO_STORAGE, "CONTAINER": "none"}
        async with serving(folder.path, folder.path.parent / "state", settings=settings) as served:
            _, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"GET /api/none HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            await writer.drain()
            assert await served.end() == 0
            writer.close()
        log = served.log.read_text()
        assert "WARNING" in log  # the storage does not answer
        assert "INFO" not in log

    @staticmethod
    async def route_prefix(folder: Folder) -> None:
        async with folder.hosted("extensions.http.routePrefix", "") as host:
            host.app.released.set()
            assert (await host.http.get("/hold")).status_code == 200
            assert (await host.http.get("/api/hold")).status_code == 404

    @staticmethod
    async def max_concurrent_requests(folder: Folder) -> None:
        async with folder.hosted("extensions.http.maxConcurrentRequests", 2) as host:
            assert await most_at_once(host, "hold", 5) == 2

    @staticmethod
    async def max_outstanding_requests(folder: Folder) -> None:
        async with folder.hosted("extensions.http.maxOutstandingRequests", 2) as host:
            held = [asyncio.create_task(host.http.get("/api/hold")) for _ in range(2)]
            await until(lambda: host.app.running == 2)
            assert (await host.http.get("/api/hold")).status_code == 429
            host.app.released.set()
            assert [(await each).status_code for each in held] == [200, 200]

    @staticmethod
    async def custom_headers(folder: Folder) -> None:
        headers = {"X-Content-Type-Options": "nosniff", "X-Own": "the file's"}
        async with folder.hosted("extensions.http.customHeaders", headers) as host:
            host.app.released.set()
            answer = await host.http.get("/api/hold")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers.get_list("x-own") == ["the function's"]

    @staticmethod
    async def blob_parallelism(folder: Folder) -> None:
        key = "extensions.blobs.maxDegreeOfParallelism"
        async with (
            _container(folder.storage, "parallel", [f"{number}" for number in range(5)]),
            folder.hosted(key, 2, "parallel") as host,
        ):
            await until(lambda: host.app.running)
            await asyncio.sleep(0.3)
            assert host.app.most == 2

    @staticmethod
    async def poison_blob_threshold(folder: Folder) -> None:
        key = "extensions.blobs.poisonBlobThreshold"
        async with (
            _container(folder.storage, "poison", ["bad"]),
            folder.hosted(key, 2, "poison") as host,
        ):
            await until(host.host.memory.poisoned_blobs)
            assert host.app.failures == 2

    @staticmethod
    async def max_activities(folder: Folder) -> None:
        key = "extensions.durableTask.maxConcurrentActivityFunctions"
        async with folder.hosted(key, 2) as host:
            await host.http.get("/api/start")
            await until(lambda: host.app.running)
            await asyncio.sleep(0.3)
            assert host.app.most == 2

    @staticmethod
    async def max_orchestrators(folder: Folder) -> None:
        key = "extensions.durableTask.maxConcurrentOrchestratorFunctions"
        async with folder.hosted(key, 3) as host:
            assert host.host.configuration.max_orchestrators == 3
            await host.http.get("/api/start")
            await until(lambda: host.app.running == 6)

    @pytest.mark.parametrize("key", HONOURED)
    async def test_the_key_changes_what_the_host_does(self, key: str, folder: Folder) -> None:
        field, _ = HONOURED[key]

        await getattr(self, field)(folder)


@asynccontextmanager
async def _container(storage: str, name: str, blobs: list[str]) -> AsyncGenerator[None]:
    async with BlobServiceClient.from_connection_string(storage) as service:
        container = await service.create_container(name)
        for blob in blobs:
            await container.upload_blob(blob, b"1")
        yield


def test_the_projects_own_file_says_nothing_that_is_unknown() -> None:
    host = json.loads((PROJECT / "host.json").read_text())

    assert unknown_keys(host) == []
    honoured = sorted(set(leaves(host)) & set(HONOURED))
    assert honoured == [
        "extensions.blobs.maxDegreeOfParallelism",
        "extensions.blobs.poisonBlobThreshold",
        "extensions.durableTask.maxConcurrentActivityFunctions",
        "extensions.http.customHeaders",
        "extensions.http.maxConcurrentRequests",
        "extensions.http.maxOutstandingRequests",
        "extensions.http.routePrefix",
        "functionTimeout",
        "version",
    ]


def test_the_projects_own_file_is_what_is_in_force() -> None:
    assert read_configuration(PROJECT) == Configuration(
        function_timeout=timedelta(hours=1),
        max_concurrent_requests=100,
        max_outstanding_requests=200,
        blob_parallelism=8,
        poison_blob_threshold=5,
        max_activities=8,
        custom_headers={
            "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
        },
    )


def test_no_key_is_both_honoured_and_left_to_azure_and_each_has_its_reason() -> None:
    assert not set(HONOURED) & set(ONLY_IN_AZURE)
    assert all(ONLY_IN_AZURE.values())


async def test_an_unknown_key_is_warned_of_with_its_path(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "local.functions_host")
    async with folder.hosted("extensions.http.maxConcurentRequests", 7):
        pass

    assert "host.json: nothing here knows the key extensions.http.maxConcurentRequests" in (
        caplog.text
    )


@pytest.mark.parametrize("key", ["maxConcurrentRequests", "maxOutstandingRequests"])
async def test_minus_one_is_no_limit(folder: Folder, key: str) -> None:
    async with folder.hosted(f"extensions.http.{key}", -1) as host:
        assert await most_at_once(host, "hold", 20) == 20
