"""The folder that holds all a stack keeps: data, secrets, logs, and who is at work."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local.errors import AlreadyRunning, NotRunning, StackError


@dataclass(frozen=True, slots=True)
class Record:
    """What the running stack tells the other commands."""

    pid: int
    port: int
    ready: bool


class State:
    LEAST_FREE = 500 * 2**20  # a first start writes about 100 MB; documents come on top

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def make(self) -> None:
        """Others may pass through (PostgreSQL runs as somebody else) but see nothing."""
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        free = shutil.disk_usage(self.root).free
        if free < self.LEAST_FREE:
            raise StackError(
                f"Only {free // 2**20} MB are free on the disk of {self.root}, the stack needs "
                f"{self.LEAST_FREE // 2**20}. Free some, or use another disk: --state DIR."
            )

    def is_a_stacks(self) -> bool:
        return (self.root / "lock").exists()

    def folder(self, name: str) -> Path:
        """A folder for its owner only."""
        path = self.root / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """Made once, kept where only its owner reads it."""
        return self.secret_file(name, make).read_text()

    def secret_file(self, name: str, make: Callable[[], str]) -> Path:
        path = self.folder("secrets") / name
        if not path.exists():
            write_private(path, make())
        return path

    @contextmanager
    def owned(self, port: int) -> Generator[None]:
        """One stack at a time; the system lets go of the lock when we die, however we die."""
        self.make()
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(self._already_running()) from None
            self.announce(port, ready=False)
            try:
                yield
            finally:
                self._record_file.unlink(missing_ok=True)

    def announce(self, port: int, *, ready: bool) -> None:
        write_private(self._record_file, json.dumps(asdict(Record(os.getpid(), port, ready))))

    def record(self) -> Record | None:
        """The running stack's, or None when there is none."""
        try:
            with (self.root / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            return self._announced()
        return None

    def _announced(self) -> Record | None:
        """A crash leaves its record behind, until the next stack has written its own."""
        try:
            record = Record(**json.loads(self._record_file.read_text()))
        except FileNotFoundError:
            return None
        return record if psutil.pid_exists(record.pid) else None

    def require_ready(self) -> Record:
        record = self.record()
        if record is None or not record.ready:
            raise NotRunning(
                f"No stack is ready in {self.root}. Start one with `python -m local up`."
            )
        return record

    def _already_running(self) -> str:
        record = self.record()
        where = f" on http://localhost:{record.port} (pid {record.pid})" if record else ""
        return f"A stack is already running in {self.root}{where}."

    @property
    def _record_file(self) -> Path:
        return self.root / "stack.json"


def write_private(path: Path, text: str) -> None:
    """All or nothing, and never readable by others, not even for a moment."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)
