"""The whole stack as its user starts it: ``python -m local up``, on ports and state of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from local.database import NAME
from local.parts.postgres import Postgres
from local.pids import Started, noted
from shared.platform.settings import Settings
from tests import leaks, servers

PROJECT = Path(__file__).parents[2]
PORTS = 8
START_SECONDS = 120
UNHURRIED = {  # one person of one firm asks for everything here
    f"RATE_LIMIT_{whose}": "1000000/minute" for whose in ("IP", "USER", "ORGANIZATION", "API_KEY")
}


@dataclass(frozen=True, slots=True)
class Stack:
    port: int
    state: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def part(self, name: str) -> Started:
        found = self.find_part(name)
        assert found, f"{name} does not run"
        return found

    def find_part(self, name: str) -> Started | None:
        """None between its death and its next start."""
        return next((each for each in noted(self.state / "run") if each.name == name), None)

    def kill(self, name: str) -> None:
        os.kill(self.part(name).pid, signal.SIGKILL)

    def token(self, email: str = "owner@demo.test") -> str:
        return self.command("token", "--user", email).stdout.strip()

    def read(self, *files: Path, force: bool = False) -> list[dict[str, Any]]:
        options = ("--force",) if force else ()
        done = self.command("read", "--json", *options, *map(str, files))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def command(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "local", name, "--state", str(self.state), *arguments],
            cwd=PROJECT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def http(self, email: str = "owner@demo.test") -> httpx.Client:
        headers = {"authorization": f"Bearer {self.token(email)}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """As the server's administrator, who sees every firm."""
        postgres = Postgres(self.state / "postgres", self.port + 1)
        with psycopg.connect(postgres.url(NAME)) as conn:
            return conn.execute(query.encode()).fetchall()


def environment() -> dict[str, str]:
    """A newcomer's: without the settings that the suite has made for itself."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}


@contextmanager
def running(state: Path, *options: str, **settings: str) -> Generator[Stack]:
    """With these options, and these settings, in upper case, in place of their defaults."""
    port = servers.free_ports(PORTS)[0]
    log = state.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "local", "up", "--port", str(port)),
                *("--state", str(state), *options),
            ],
            cwd=PROJECT,
            env={**environment(), **UNHURRIED, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, state, log)
        yield Stack(port, state)
    finally:
        process.terminate()
        process.wait(60)
        for each in (log, state):
            leaks.look_at(each)
        Postgres(state / "postgres", port + 1).remove()  # as root its data lies elsewhere


def _wait_until_ready(process: subprocess.Popen[bytes], state: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    record = state / "stack.json"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if record.exists() and json.loads(record.read_text())["ready"]:
            return
        time.sleep(0.1)
    raise RuntimeError(f"the stack did not start:\n{log.read_text()[-4000:]}")
