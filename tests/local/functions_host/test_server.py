"""The host as a process: how it starts, ends, refuses and comes back."""

import asyncio
import signal
import socket
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from local.functions_host import server
from local.functions_host.memory import Memory, Poisoned
from tests.local.functions_host.conftest import Azurite
from tests.local.functions_host.hosting import NO_STORAGE, serving, start_server, until

SLOW = """
import asyncio, os, pathlib, time
import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
LOG = pathlib.Path(os.environ["LOG"])

@app.route("slow")
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    LOG.write_text("slow began")
    await asyncio.sleep(float(req.params["seconds"]))
    return func.HttpResponse("done")

@app.route("stuck")
def stuck(req: func.HttpRequest) -> func.HttpResponse:
    time.sleep(3600)

@app.blob_trigger(arg_name="blob", path="crash/{name}", connection="DOCUMENTS_STORAGE")
async def on_blob(blob: func.InputStream) -> None:
    with LOG.open("a") as log:
        log.write(f"{blob.name}\\n")
    if "wait" in blob.name:
        await asyncio.sleep(3600)
"""


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    app = tmp_path / "app"
    app.mkdir()
    (app / "function_app.py").write_text(SLOW)
    (app / "host.json").write_text('{"functionTimeout": "00:00:05"}')
    return app


@pytest.fixture
async def crash(azurite: Azurite) -> AsyncGenerator[ContainerClient]:
    """The container "crash", empty."""
    async with BlobServiceClient.from_connection_string(azurite.connection) as service:
        container = service.get_container_client("crash")
        if not await container.exists():
            await container.create_container()
        async for name in container.list_blob_names():
            await container.delete_blob(name)
        yield container


async def test_on_sigterm_running_requests_are_answered_and_no_more_taken(
    slow: Path, tmp_path: Path
) -> None:
    log = tmp_path / "seen"
    settings = {"DOCUMENTS_STORAGE": NO_STORAGE, "LOG": str(log)}
    async with (
        serving(slow, tmp_path / "state", settings=settings) as served,
        httpx.AsyncClient() as http,
    ):
        asking = asyncio.create_task(http.get(f"{served.url}/slow?seconds=2", timeout=30))
        await until(log.exists)
        served.process.send_signal(signal.SIGTERM)

        assert (await asking).text == "done"
        assert await served.process.wait() == 0
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{served.url}/slow?seconds=0")


async def test_what_does_not_end_within_the_grace_is_cut_off(slow: Path, tmp_path: Path) -> None:
    log = tmp_path / "seen"
    settings = {"DOCUMENTS_STORAGE": NO_STORAGE, "LOG": str(log)}
    options = ("--drain-seconds", "1")
    async with serving(slow, tmp_path / "state", *options, settings=settings) as served:
        async with httpx.AsyncClient() as http:
            asking = asyncio.create_task(http.get(f"{served.url}/slow?seconds=4", timeout=30))
            await until(log.exists)

            assert await served.end() == 0
            asking.cancel()
        assert "1 invocations did not end" in served.log.read_text()


async def test_a_function_that_times_out_ends_the_process_as_in_azure(
    slow: Path, tmp_path: Path
) -> None:
    settings = {"DOCUMENTS_STORAGE": NO_STORAGE, "LOG": str(tmp_path / "seen")}
    async with serving(slow, tmp_path / "state", settings=settings) as served:
        async with httpx.AsyncClient() as http:
            answers = asyncio.create_task(http.get(f"{served.url}/stuck", timeout=30))

            assert await served.process.wait() == 1
            await asyncio.gather(answers, return_exceptions=True)
        assert "function=stuck outcome=failed" in served.log.read_text()
        assert "A function timed out" in served.log.read_text()


async def test_a_blob_under_way_when_the_host_is_killed_arrives_again(
    slow: Path, tmp_path: Path, azurite: Azurite, crash: ContainerClient
) -> None:
    log = tmp_path / "seen"
    log.touch()
    settings = {"DOCUMENTS_STORAGE": azurite.connection, "LOG": str(log)}
    await crash.upload_blob("done", b"1")
    async with serving(slow, tmp_path / "state", settings=settings) as served:
        await until(lambda: "crash/done" in log.read_text())
        await crash.upload_blob("wait", b"1")
        await until(lambda: "crash/wait" in log.read_text())
        await served.end(signal.SIGKILL)
    async with serving(slow, tmp_path / "again", settings=settings) as served:
        pass  # another state folder: it knows of no blob
    seen_before = log.read_text()
    async with serving(slow, tmp_path / "state", settings=settings):
        await until(lambda: log.read_text() != seen_before)

    assert log.read_text().removeprefix(seen_before) == "crash/wait\n"


async def test_a_blob_on_which_the_function_times_out_is_poison_after_so_many_ends(
    slow: Path, tmp_path: Path, azurite: Azurite, crash: ContainerClient
) -> None:
    log, threshold = tmp_path / "seen", 2
    log.touch()
    (slow / "host.json").write_text(
        '{"functionTimeout": "00:00:01", "extensions": {"blobs": {"poisonBlobThreshold": 2}}}'
    )
    settings = {"DOCUMENTS_STORAGE": azurite.connection, "LOG": str(log)}
    await crash.upload_blob("waits-for-ever", b"1")
    for _ in range(threshold):
        async with serving(slow, tmp_path / "state", settings=settings) as served:
            assert await served.process.wait() == 1
    async with serving(slow, tmp_path / "state", settings=settings) as served:
        await crash.upload_blob("fine", b"1")
        await until(lambda: "crash/fine" in log.read_text())
        assert await served.end() == 0
    memory = Memory(tmp_path / "state/host.sqlite")
    poisoned = memory.poisoned_blobs()
    memory.close()

    assert log.read_text().count("crash/waits-for-ever") == threshold
    assert poisoned == [Poisoned("on_blob", "crash/waits-for-ever")]


async def test_a_blob_that_kills_the_host_each_time_is_poison_too(
    slow: Path, tmp_path: Path, azurite: Azurite, crash: ContainerClient
) -> None:
    log = tmp_path / "seen"
    log.touch()
    (slow / "host.json").write_text('{"extensions": {"blobs": {"poisonBlobThreshold": 1}}}')
    settings = {"DOCUMENTS_STORAGE": azurite.connection, "LOG": str(log)}
    await crash.upload_blob("wait-and-be-killed", b"1")
    async with serving(slow, tmp_path / "state", settings=settings) as served:
        await until(lambda: "crash/wait-and-be-killed" in log.read_text())
        await served.end(signal.SIGKILL)
    async with serving(slow, tmp_path / "state", settings=settings) as served:
        await until(lambda: "is poison" in served.log.read_text())

    assert log.read_text().count("crash/wait-and-be-killed") == 1


async def test_while_it_drains_new_requests_are_told_to_come_back(
    slow: Path, tmp_path: Path
) -> None:
    log = tmp_path / "seen"
    settings = {"DOCUMENTS_STORAGE": NO_STORAGE, "LOG": str(log)}
    async with (
        serving(slow, tmp_path / "state", settings=settings) as served,
        httpx.AsyncClient() as http,
    ):
        asking = asyncio.create_task(http.get(f"{served.url}/slow?seconds=2", timeout=30))
        await until(log.exists)
        served.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        refused = await http.get(f"{served.url}/slow?seconds=0")

        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
        assert (await asking).text == "done"
        assert await served.process.wait() == 0


def test_no_answer_is_held_back_for_more_to_send() -> None:
    """Only of a socket that is known to be TCP does asyncio turn Nagle's algorithm off."""
    with server._listen(0) as listening:  # pyright: ignore[reportPrivateUsage]
        assert listening.proto == socket.IPPROTO_TCP


async def test_a_taken_port_is_a_sentence(slow: Path, tmp_path: Path) -> None:
    settings = {"DOCUMENTS_STORAGE": NO_STORAGE, "LOG": str(tmp_path / "seen")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        served = await start_server(slow, tmp_path / "state", port=port, settings=settings)

        assert await served.process.wait() == 1
    assert served.log.read_text() == (
        f"Port {port} is taken by another program. Choose another one.\n"
    )


async def test_a_taken_durable_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        served = await start_server(
            "documents",
            tmp_path / "state",
            *("--durable-port", port),
            settings={"DOCUMENTS_STORAGE": NO_STORAGE},
        )

        assert await served.process.wait() == 1
    assert f"Port {port} is taken by another program." in served.log.read_text()


async def test_an_app_that_does_not_index_is_a_sentence(tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "function_app.py").write_text("import azure.functions\n")
    served = await start_server(app, tmp_path / "state")

    assert await served.process.wait() == 1
    assert served.log.read_text() == "function_app.py must define one app; it defines 0.\n"


async def test_a_body_over_the_limit_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    async with serving("web", tmp_path / "state") as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(b"POST /api/plain HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\n\r\n")
        status = await reader.readline()
        writer.close()

    assert b"413" in status
