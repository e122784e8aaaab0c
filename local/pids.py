"""Who we started, written down, so that a later stack can clear away what a crash left."""

import json
import os
import signal
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local.state import write_private

GRACE_SECONDS = 10
SAME_START = 1.0  # seconds; a process id alone is soon somebody else's


@dataclass(frozen=True, slots=True)
class Started:
    name: str
    port: int
    pid: int
    at: float

    def process(self) -> psutil.Process | None:
        """The process itself, never a stranger that got its number."""
        try:
            process = psutil.Process(self.pid)
            return process if abs(process.create_time() - self.at) < SAME_START else None
        except psutil.NoSuchProcess:
            return None


def note(folder: Path, name: str, port: int, pid: int) -> None:
    with suppress(psutil.NoSuchProcess):  # it died at once; its watcher will say so
        started = Started(name, port, pid, psutil.Process(pid).create_time())
        write_private(folder / f"{name}.json", json.dumps(asdict(started)))


def forget(folder: Path, name: str) -> None:
    (folder / f"{name}.json").unlink(missing_ok=True)


def noted(folder: Path) -> list[Started]:
    found: list[Started] = []
    for path in sorted(folder.glob("*.json")):
        with suppress(FileNotFoundError):  # it has just ended, and is forgotten
            found.append(Started(**json.loads(path.read_text())))
    return found


def clear_leftovers(folder: Path) -> list[str]:
    """Their output went to a stack that is gone, so they are stopped, not adopted."""
    left = {started.name: started.process() for started in noted(folder)}
    running = {name: process for name, process in left.items() if process}
    for process in running.values():
        process.terminate()
    _, stubborn = psutil.wait_procs(list(running.values()), timeout=GRACE_SECONDS)
    for process in stubborn:
        process.kill()
    for process in running.values():
        kill_group(process.pid)
    for name in left:
        forget(folder, name)
    return sorted(running)


def kill_group(pid: int) -> None:
    """What a part started itself goes with it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
