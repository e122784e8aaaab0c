"""Each kind of trigger once under Microsoft's worker, and its exceptions, cookies and logs."""

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from azure.storage.blob.aio import BlobServiceClient

from tests.local.functions_host.conftest import Azurite
from tests.local.functions_host.hosting import NO_STORAGE, Hosted, Served, hosted, serving, until

pytestmark = pytest.mark.xdist_group("functions_host_blobs")

# What the apps of the other tests have not: the product's own binding, a log line of a plain
# function, every attribute of a cookie, an orchestrator that fails.
APP = """
import logging
from http.cookies import SimpleCookie

import azure.durable_functions as df
import azure.functions as func

from functions.blobs.arrival import BlobArrival

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
log = logging.getLogger("app")


@app.blob_trigger(arg_name="arrival", path="arrivals/{firm}/{name}", connection="STORAGE")
async def on_arrival(arrival: BlobArrival) -> None:
    log.info("arrived: %s %s", arrival.container, arrival.name)


@app.route("plain")
def plain(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    log.info("from a thread")
    return func.HttpResponse(context.invocation_id)


@app.route("cookie")
async def cookie(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse("ok")
    answer.headers.add("Set-Cookie", req.params["cookie"])
    return answer


@app.route("start/{story}")
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return func.HttpResponse(await client.start_new(req.route_params["story"]))


@app.route("outcome/{instance}")
@app.durable_client_input(client_name="client")
async def outcome(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    status = await client.get_status(req.route_params["instance"])
    return func.HttpResponse(f"{status.runtime_status.name} {status.output}")


@app.orchestration_trigger(context_name="context")
def fails_itself(context: df.DurableOrchestrationContext):
    yield context.call_activity("nothing")
    raise ValueError("a line\\nand another")


@app.orchestration_trigger(context_name="context")
def fails_in_a_step(context: df.DurableOrchestrationContext):
    yield context.call_activity("fails")


@app.activity_trigger(input_name="given")
async def nothing(given: str) -> None:
    return None


@app.activity_trigger(input_name="given")
def fails(given: str) -> None:
    raise KeyError("missing")
"""


@pytest_asyncio.fixture
async def documents(tmp_path: Path) -> AsyncGenerator[Hosted]:
    settings = {"DOCUMENTS_STORAGE": NO_STORAGE}
    async with hosted("documents", tmp_path, engine="microsoft", **settings) as host:
        yield host


@pytest_asyncio.fixture(scope="module")
async def process(
    tmp_path_factory: pytest.TempPathFactory, azurite: Azurite
) -> AsyncGenerator[Served]:
    folder = tmp_path_factory.mktemp("app")
    (folder / "function_app.py").write_text(APP)
    options = ("--engine", "microsoft")
    settings = {"STORAGE": azurite.connection}
    async with serving(folder, folder / "state", *options, settings=settings) as served:
        yield served


@pytest_asyncio.fixture
async def http(process: Served) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=process.url) as client:
        yield client


class TestTimer:
    async def test_fires_with_its_status_and_its_retries(self, tmp_path: Path) -> None:
        async with hosted("timers", tmp_path, engine="microsoft") as host:
            await until(lambda: ("tick", False) in host.app.seen)
            await host.http.post("/admin/functions/flaky", headers=host.as_master)

            tries = [("flaky", count) for count in range(3)]
            await until(lambda: [each for each in host.app.seen if each[0] == "flaky"] == tries)


class TestBlob:
    async def test_arrives_as_a_stream_and_as_microsofts_client(
        self, tmp_path: Path, azurite: Azurite
    ) -> None:
        settings = {"DOCUMENTS_STORAGE": azurite.connection, "UPLOADS": "theirs/{name}"}
        async with (
            hosted("documents", tmp_path, engine="microsoft", **settings) as host,
            BlobServiceClient.from_connection_string(azurite.connection) as service,
        ):
            streamed = await service.create_container("theirs")
            await streamed.upload_blob("a.pdf", b"xyz")
            inbox = service.get_container_client("inbox")
            if not await inbox.exists():
                await inbox.create_container()
            await inbox.upload_blob("firm/m.pdf", b"12345", metadata={"k": "v"})
            seen = host.app.seen

            await until(lambda: ("client", "theirs", "a.pdf", 3) in seen)
            stream = ("stream", "inbox/firm/m.pdf", 5, b"12345", {"k": "v"})
            await until(lambda: stream in seen)
            await service.delete_container("theirs")


class TestDurable:
    async def test_a_client_starts_orchestrator_activities_and_entity(
        self, documents: Hosted
    ) -> None:
        started = await documents.http.post("/api/start", json=[1, 2, 3])

        ended = await outcome_of(documents, started.text)

        assert ended == {"status": "OrchestrationRuntimeStatus.Completed", "output": 12}
        assert ("double", 3, "double") in documents.app.seen

    async def test_a_failed_activity_is_logged_with_its_traceback(
        self, documents: Hosted, caplog: pytest.LogCaptureFixture
    ) -> None:
        started = await documents.http.post("/api/start", json=[None])

        ended = await outcome_of(documents, started.text)

        assert ended["status"] == "OrchestrationRuntimeStatus.Failed"
        assert "function=double outcome=failed" in caplog.text
        assert "in double" in caplog.text


async def outcome_of(host: Hosted, instance: str) -> dict[str, Any]:
    while True:
        status = (await host.http.get(f"/api/outcome/{instance}")).json()
        if not status["status"].endswith(("Running", "Pending")):
            return status
        await asyncio.sleep(0.02)


class TestProcess:
    """``python -m local.functions_host --engine microsoft``, on an app of its own."""

    async def test_says_which_engine_it_runs(self, process: Served) -> None:
        assert "engine microsoft" in process.log.read_text()

    async def test_hands_over_a_blob_by_the_products_own_binding(
        self, process: Served, azurite: Azurite
    ) -> None:
        async with BlobServiceClient.from_connection_string(azurite.connection) as service:
            container = await service.create_container("arrivals")
            await container.upload_blob("firm/a.pdf", b"xyz")

        await until(lambda: "arrived: arrivals firm/a.pdf" in process.log.read_text())

    async def test_logs_the_invocation_of_a_plain_function(
        self, process: Served, http: httpx.AsyncClient
    ) -> None:
        invocation = (await http.get("/plain")).text

        log = process.log.read_text()
        assert f"{invocation} app: from a thread" in log
        assert re.search(rf"{invocation} \S+: .*function=plain ", log)

    @pytest.mark.parametrize(
        "cookie",
        [
            "a=1",
            "a=1; Max-Age=0; Path=/",
            "a=1; Domain=firm.test; HttpOnly; Path=/x; SameSite=Lax; Secure",
            "a=1; expires=Wed, 01 Jan 2031 00:00:00 GMT; SameSite=None",
        ],
    )
    async def test_keeps_the_attributes_of_a_cookie(
        self, http: httpx.AsyncClient, cookie: str
    ) -> None:
        answer = await http.get("/cookie", params={"cookie": cookie})

        assert sorted(answer.headers["set-cookie"].split("; ")) == sorted(cookie.split("; "))

    @pytest.mark.parametrize(
        ("story", "why"),
        [
            ("fails_itself", "a line\nand another"),
            ("fails_in_a_step", "KeyError: 'missing'"),
        ],
    )
    async def test_tells_why_an_orchestration_failed(
        self, http: httpx.AsyncClient, story: str, why: str
    ) -> None:
        instance = (await http.get(f"/start/{story}")).text

        while not (outcome := (await http.get(f"/outcome/{instance}")).text).startswith("Failed"):
            assert "Completed" not in outcome

        assert f"Orchestrator function '{story}' failed" in outcome
        assert why in outcome


STUCK = """
import time
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("stuck")
def stuck(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(3600)
"""


async def test_a_plain_function_that_times_out_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text(STUCK)
    (tmp_path / "host.json").write_text('{"functionTimeout": "00:00:01"}')
    async with serving(tmp_path, tmp_path / "state", "--engine", "microsoft") as served:
        async with httpx.AsyncClient() as http:
            asking = asyncio.create_task(http.get(f"{served.url}/stuck", timeout=30))

            assert await served.process.wait() == 1
            await asyncio.gather(asking, return_exceptions=True)
        assert "function=stuck outcome=failed" in served.log.read_text()
        assert "A function timed out" in served.log.read_text()
