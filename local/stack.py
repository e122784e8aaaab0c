"""Everything Azure would be, on this machine: starts the parts, watches them, stops them."""

import asyncio
import base64
import os
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from local import containers, database, demo, pids
from local.engines import DEFAULT_ENGINE, require_engine
from local.errors import StackError
from local.journal import Journal
from local.parts.azurite import azurite, connection_string
from local.parts.functions_host import APP, functions_host
from local.parts.oidc import AUDIENCE, issuer, jwks_url, oidc
from local.parts.part import Part
from local.parts.postgres import Postgres
from local.parts.valkey import url, valkey
from local.ports import Ports
from local.state import State
from local.supervisor import Supervisor
from shared.platform.safety import listed
from shared.platform.settings import Settings

# Where the development servers of the usual tools serve a page.
APPS_UNDER_DEVELOPMENT = "http://localhost:3000,http://localhost:5173"


class Stack:
    def __init__(
        self, state: State, ports: Ports, journal: Journal, *, engine: str = DEFAULT_ENGINE
    ) -> None:
        self.state = state
        self.ports = ports
        self.journal = journal
        self._engine = engine
        self._postgres = Postgres(state.root / "postgres", ports.postgres)
        self._users = state.folder("oidc") / "users.json"
        self._supervisors: list[Supervisor] = []
        self._watches: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Return when every part serves and the demo firms are there."""
        demo.write_users(self._users)
        settings = self._settings()
        await _together(
            self._start_database(settings),
            self._start_storage(),
            self._start_part(self._oidc(settings)),
            self._start_part(self._valkey()),
        )
        await self._start_part(
            functions_host(
                self.state.folder("host"),
                self.ports.web,
                durable_port=self.ports.durable,
                engine=self._engine,
                settings=settings,
            )
        )
        self.state.announce(self.ports.web, ready=True)
        self.journal.write("stack", f"ready on http://localhost:{self.ports.web}")

    async def serve(self) -> None:
        """Until a part dies too often."""
        done, _ = await asyncio.wait(self._watches, return_when=asyncio.FIRST_COMPLETED)
        for watch in done:
            watch.result()

    async def stop(self) -> None:
        """The host first, so that what it has in hand still finds its servers."""
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        hosts = [each for each in self._supervisors if each.part.name == "host"]
        servers = [each for each in self._supervisors if each.part.name != "host"]
        for group in (hosts, servers):
            await asyncio.gather(*(supervisor.stop() for supervisor in group))
        self.journal.write("stack", "stopped")

    async def _start_database(self, settings: dict[str, str]) -> None:
        await self._start_part(self._postgres.part())
        for name in await asyncio.to_thread(database.set_up, self.state, self._postgres):
            self.journal.write("stack", f"migration {name} applied")
        await self._found_demo(settings)

    async def _start_storage(self) -> None:
        folder = self.state.folder("azurite")
        part = azurite(folder, self.ports.blob, key=self._storage_key)
        # At every start: a kill -9 in the first seconds takes the containers with it.
        await self._start_part(replace(part, equip=partial(containers.make, self._storage)))

    def _oidc(self, settings: dict[str, str]) -> Part:
        return oidc(
            self.state.folder("oidc"),
            self.ports.oidc,
            users=self._users,
            issuer_name=self._issuer,
            web_port=self.ports.web,
            apps=listed(settings["CORS_ORIGINS"]),
        )

    def _valkey(self) -> Part:
        folder = self.state.folder("valkey")
        return valkey(folder, self.ports.valkey, password=self._cache_password)

    async def _start_part(self, part: Part) -> None:
        supervisor = Supervisor(part, notes=self.state.folder("run"), journal=self.journal)
        self._supervisors.append(supervisor)
        await supervisor.start()
        self._watches.append(asyncio.create_task(supervisor.keep_alive()))

    async def _found_demo(self, settings: dict[str, str]) -> None:
        founding = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "local.demo"),
            cwd=APP,
            env={**os.environ, **settings},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await founding.communicate()
        if founding.returncode:
            raise StackError(f"The demo firms could not be made. {output.decode(errors='replace')}")

    def _settings(self) -> dict[str, str]:
        """What the host would find in the app settings of a deployment."""
        return {
            **_defaults(),
            "DATABASE_URL": database.login(self.state, self._postgres, "app"),
            "DOCUMENTS_STORAGE": self._storage,
            "AzureWebJobsStorage": self._storage,
            "TOKEN_ISSUER": self._issuer,
            "TOKEN_AUDIENCE": AUDIENCE,
            "TOKEN_JWKS_URL": jwks_url(self.ports.oidc),
            "SIGN_IN_AUTHORITY": issuer(self.ports.oidc),
            "CORS_ORIGINS": os.environ.get("CORS_ORIGINS", APPS_UNDER_DEVELOPMENT),
            "REDIS_URL": url(self.ports.valkey, self._cache_password),
            "MASTER_KEY_FILE": self._master_key_file,
            "CURSOR_KEY": self.state.secret("cursor-key", lambda: _random(32)),
        }

    @property
    def _issuer(self) -> str:
        """The name people are known under, so it outlives a change of ports."""
        return self.state.secret("issuer", lambda: issuer(self.ports.oidc))

    @property
    def _master_key_file(self) -> str:
        return str(self.state.secret_file("master-key", lambda: _random(32)))

    @property
    def _cache_password(self) -> str:
        return self.state.secret("cache-password", lambda: secrets.token_urlsafe(32))

    @property
    def _storage_key(self) -> str:
        return self.state.secret("storage-key", lambda: _random(64))

    @property
    def _storage(self) -> str:
        return connection_string(self.ports.blob, self._storage_key)


@asynccontextmanager
async def running(
    state: State, ports: Ports, *, echo: bool, engine: str = DEFAULT_ENGINE
) -> AsyncGenerator[Stack]:
    """A stack that is ready; it is stopped however the block ends."""
    require_engine(engine)
    with state.owned(ports.web):
        journal = Journal(state.folder("logs"), echo=echo)
        for name in pids.clear_leftovers(state.folder("run")):
            journal.write("stack", f"{name} was left running by a crash and is stopped")
        ports.require_free()
        stack = Stack(state, ports, journal, engine=engine)
        try:
            await stack.start()
            yield stack
        finally:
            await stack.stop()
            journal.close()


def remove(state: State) -> None:
    """Forget everything a stack has kept; it must not be running."""
    pids.clear_leftovers(state.folder("run"))
    Postgres(state.root / "postgres", 0).remove()
    shutil.rmtree(state.root)


def cancel_when_told() -> None:
    """Ctrl-C, SIGTERM or a closed terminal end the current task, once: stopping takes its time."""
    task = asyncio.current_task()
    assert task
    told = asyncio.Event()

    def cancel() -> None:
        if not told.is_set():
            told.set()
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, cancel)


async def _together(*starts: Coroutine[None, None, None]) -> None:
    """The first failure stops the others, and is told alone."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except* StackError as failures:
        raise failures.exceptions[0] from None


def _defaults() -> dict[str, str]:
    """The host resolves %NAME% from the environment alone, so defaults are spelled out.

    Whoever starts the stack with one of them in the environment means it.
    """
    fields = Settings.model_fields.items()
    defaults = {
        name.upper(): "[]" if each.default == () else str(each.default)
        for name, each in fields
        if not each.is_required() and each.default is not None
    }
    return {name: os.environ.get(name, default) for name, default in defaults.items()}


def _random(count: int) -> str:
    return base64.b64encode(secrets.token_bytes(count)).decode()
