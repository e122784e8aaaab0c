"""Valkey as the stack starts it, asked through the unmodified driver."""

import os
import signal
import stat
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from local.parts.part import Part
from local.parts.valkey import url, valkey
from tests.local.programs import until
from tests.servers import free_ports

PASSWORD = "of-this-test-alone"
PORT = free_ports(1)[0]


@pytest.fixture
def part(tmp_path: Path) -> Part:
    return valkey(tmp_path / "valkey", PORT, password=PASSWORD)


@contextmanager
def started(part: Part) -> Generator[subprocess.Popen[bytes]]:
    part.prepare()
    server = subprocess.Popen(part.command, cwd=part.folder, stdout=subprocess.DEVNULL)
    try:
        yield server
    finally:
        server.kill()
        server.wait()


@contextmanager
def asked(password: str = PASSWORD) -> Generator[Redis]:
    with Redis.from_url(url(PORT, password)) as client:
        yield client


async def test_what_is_written_survives_a_stop_and_a_kill(part: Part) -> None:
    for number, request in enumerate((part.stop_signal, signal.SIGKILL, part.stop_signal)):
        with started(part) as server:
            await until(part.is_healthy)
            with asked() as client:
                assert client.get("kept") == (str(number - 1).encode() if number else None)
                client.set("kept", number)
                client.waitaof(1, 0, 2000)  # until it is on the disk
            server.send_signal(request)
            server.wait(10)


async def test_it_ends_well_when_it_is_asked_to(part: Part) -> None:
    with started(part) as server:
        await until(part.is_healthy)
        server.send_signal(part.stop_signal)

        assert server.wait(10) == 0


async def test_nobody_gets_in_without_the_password(part: Part) -> None:
    with started(part):
        await until(part.is_healthy)
        with asked("guess") as client, pytest.raises(AuthenticationError):
            client.ping()


async def test_the_password_is_in_no_command_line_and_in_no_open_file(part: Part) -> None:
    """Every user of a machine may list its processes."""
    with started(part) as server:
        await until(part.is_healthy)
        words = psutil.Process(server.pid).cmdline()

    assert all(PASSWORD not in word for word in (*words, *part.command))
    folder = part.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "valkey.conf").stat().st_mode) == 0o600


async def test_it_listens_on_this_machine_alone(part: Part) -> None:
    with started(part) as server:
        await until(part.is_healthy)
        found = psutil.Process(server.pid).net_connections("tcp")

    listening = {each.laddr[0] for each in found if each.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


async def test_it_is_not_healthy_before_it_answers(part: Part) -> None:
    assert not await part.is_healthy()
    with started(part) as server:
        await until(part.is_healthy)
        os.kill(server.pid, signal.SIGSTOP)
        assert not await part.is_healthy()
        os.kill(server.pid, signal.SIGCONT)
