"""The real servers the suite runs on: one PostgreSQL, Azurite and Valkey for all workers."""

import atexit
import base64
import hashlib
import itertools
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from local.parts.azurite import azurite, connection_string
from local.parts.part import Part
from local.parts.postgres import Postgres
from local.parts.valkey import url, valkey
from local.state import write_private

KEY = "bm90IGEgc2VjcmV0OiBvbmx5IHRlc3RzIHVzZSB0aGlzIGtleQ=="
MASTER_KEY = base64.b64encode(hashlib.sha256(b"tests, master").digest()).decode()
PASSWORD = "only-tests-use-this-password"


def start(stack: ExitStack) -> None:
    """Start them and tell the workers through the environment, which they inherit."""
    folder = Path(tempfile.mkdtemp(prefix="advisoros-tests-"))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else when we are root
    write_private(folder / "master-key", MASTER_KEY)
    os.environ["MASTER_KEY_FILE"] = str(folder / "master-key")
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    postgres = Postgres(folder / "postgres", free_ports(1)[0], fast=True)
    stack.callback(postgres.remove)
    postgres.start()
    os.environ["TEST_DATABASE_URL"] = postgres.url()
    port = free_ports(3)[0]
    _run(stack, azurite(folder / "azurite", port, key=KEY))
    os.environ["TEST_STORAGE"] = connection_string(port, KEY)
    cache_port = free_ports(1)[0]
    _run(stack, valkey(folder / "valkey", cache_port, password=PASSWORD))
    os.environ["TEST_REDIS_URL"] = url(cache_port, PASSWORD)
    wait_for(cache_port)


def _run(stack: ExitStack, part: Part) -> None:
    part.prepare()
    process = subprocess.Popen(
        part.command, env={**os.environ, **part.environment}, stdout=subprocess.DEVNULL
    )
    stack.callback(_stop, process)


def wait_for_storage() -> None:
    """Azurite takes a few seconds, during which other tests run."""
    endpoint = os.environ["TEST_STORAGE"].split("BlobEndpoint=http://")[1].split("/")[0]
    wait_for(int(endpoint.split(":")[1]))


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"Nobody answers on port {port}")


def free_ports(count: int) -> range:
    """That many free ports in a row, from this worker's own share, promised to nobody else.

    Below the range the system takes from for outgoing connections, or one of those might get there
    before the server that was promised the port.
    """
    while True:
        first = next(_ports)
        wanted = range(first, first + count)
        for _ in wanted[1:]:
            next(_ports)
        if all(_is_free(port) for port in wanted):
            return wanted


def _share() -> Iterator[int]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw")
    return itertools.count(20_000 + 1_000 * (int(worker) % 10) + 10 * random.randrange(40))


_ports = _share()
_claims: list[socket.socket] = []


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return _is_claimed(port)


def _is_claimed(port: int) -> bool:
    """Whether it is ours until we end: another pytest's server may not have come up yet."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0advisoros-tests-{port}")  # a name without a file: it goes with the process
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


@atexit.register
def _give_back() -> None:
    for claim in _claims:
        claim.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)
