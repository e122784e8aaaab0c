"""A stack of this project's own for a benchmark, as its user starts it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from local.demo import OWNER
from local.parts.part import HOST
from local.pids import noted
from local.ports import Ports
from local.state import State
from shared.platform.settings import Settings

PORT = 21800
STOP_SECONDS = 60
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class RunningStack:
    process: psutil.Process
    state: Path

    @property
    def ports(self) -> Ports:
        return Ports(PORT)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{PORT}"

    def part(self, name: str) -> psutil.Process:
        return psutil.Process({each.name: each.pid for each in noted(self.state / "run")}[name])

    def parts(self) -> dict[str, list[psutil.Process]]:
        """Every process of the stack under the name of its part; the supervisor is one too."""
        found: dict[str, list[psutil.Process]] = {}
        left = {each.pid: each for each in (self.process, *self.process.children(recursive=True))}
        for started in noted(self.state / "run"):
            part = psutil.Process(started.pid)
            family = [part, *part.children(recursive=True)]
            found[started.name] = [left.pop(each.pid, each) for each in family]
        return {**found, "supervisor": list(left.values())}

    def token(self, email: str = OWNER) -> str:
        return self._local("token", "--user", email).strip()

    def read(self, files: list[Path]) -> list[dict[str, Any]]:
        told = self._local("read", "--json", *map(str, files))
        return [json.loads(line) for line in told.splitlines()]

    def _local(self, command: str, *words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "local", command, "--state", str(self.state), *words],
            env=_environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@contextmanager
def a_folder() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as somebody else when we are root
        yield folder


@contextmanager
def a_stack(state: Path, settings: Mapping[str, str] = NOTHING) -> Generator[RunningStack]:
    """It serves; whatever it has kept is left in ``state``."""
    command = [sys.executable, "-m", "local", "up", "--port", str(PORT), "--state", str(state)]
    log = state.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**_environment(), **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not ((record := State(state).record()) and record.ready):
            if process.poll() is not None:
                raise RuntimeError(f"the stack did not start: {log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield RunningStack(psutil.Process(process.pid), state)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


@contextmanager
def a_new_stack(settings: Mapping[str, str] = NOTHING) -> Generator[RunningStack]:
    """Of nobody's: it is forgotten afterwards."""
    with a_folder() as folder:
        try:
            with a_stack(folder / "state", settings) as stack:
                yield stack
        finally:
            forget(folder / "state")


def forget(state: Path) -> None:
    command = [sys.executable, "-m", "local", "reset", "--state", str(state), "--yes"]
    subprocess.run(command, env=_environment(), capture_output=True, check=True)


def _environment() -> dict[str, str]:
    """Without settings that a benchmark has made for itself."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}
