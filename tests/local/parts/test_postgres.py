"""The embedded server, through its life and its deaths."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import psutil
import psycopg
import pytest

from local.parts.postgres import Postgres
from tests.servers import free_ports

PORT = free_ports(2)[0]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Generator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres") / "data", PORT)
    server.start()
    yield server
    server.remove()


def answer(server: Postgres, query: str) -> object:
    with psycopg.connect(server.url()) as connection:
        (found,) = connection.execute(query.encode()).fetchone() or (None,)
        return found


def test_it_is_postgres_18_with_a_locale_that_needs_no_system_library(postgres: Postgres) -> None:
    assert str(answer(postgres, "SHOW server_version")).startswith("18.")
    assert answer(postgres, "SELECT datlocprovider::text || datlocale FROM pg_database") == (
        "bC.UTF-8"
    )


def test_a_wrong_password_is_refused(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url(password="guess"))


def test_the_superusers_password_is_for_its_owner_only(postgres: Postgres) -> None:
    password_file = postgres.log.with_suffix(".password")

    assert password_file.stat().st_mode & 0o777 == 0o600


def test_it_never_runs_as_root(postgres: Postgres) -> None:
    assert psutil.Process(postgres.pid).uids().effective != 0


def test_rows_survive_a_killed_server(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    assert postgres.pid is not None
    os.kill(postgres.pid, signal.SIGKILL)
    while postgres.pid:
        time.sleep(0.01)

    postgres.start()

    assert answer(postgres, "SELECT value FROM kept") == 42


def test_a_server_left_behind_is_adopted(postgres: Postgres) -> None:
    left_behind = postgres.pid

    heir = Postgres(postgres.log.with_suffix(""), PORT)
    heir.start()

    assert heir.pid == left_behind


def test_a_lock_left_by_a_reboot_does_not_stop_it(postgres: Postgres) -> None:
    postgres.stop()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n0\n{PORT}")

        postgres.start()

    assert postgres.answers()


def test_its_removal_leaves_nothing(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "data", PORT + 1, fast=True)
    server.start()
    pid = server.pid

    server.remove()

    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert not server.data.exists()
    assert list(tmp_path.iterdir()) == []
