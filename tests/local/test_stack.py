"""The whole stack as a program: up, watched, crashed, taken over, stopped, removed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import httpx
import jwt
import psutil
import pytest

from local import pids
from local.demo import FIRMS
from local.functions_host.memory import DeadLetter, Memory
from local.parts.oidc import AUDIENCE, CLIENT_ID, issuer, jwks_url
from local.parts.part import answers_ok
from local.ports import Ports
from local.state import State
from tests.journeys.stack import environment
from tests.local.programs import until
from tests.servers import free_ports

pytestmark = pytest.mark.xdist_group("stack")

PORTS = Ports(free_ports(28)[0])
WEB = f"http://127.0.0.1:{PORTS.web}"
HEALTH = f"{WEB}/api/health"
PARTS = {"postgres", "azurite", "oidc", "valkey", "host"}


class Program:
    """`python -m local` on a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self._log = folder / "up.log"
        self._up: subprocess.Popen[bytes] | None = None

    async def up(self) -> None:
        self._start()
        await until(self._is_ready)

    def is_up(self) -> bool:
        record = State(self.state).record()
        return record is not None and record.ready

    def end(self, request: signal.Signals) -> int:
        assert self._up
        self._up.send_signal(request)
        return self._up.wait(60)

    def run(
        self, command: str, *words: str, stderr: int = subprocess.PIPE
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(command, *words),
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment(),
            text=True,
            check=False,
        )

    def pids(self) -> dict[str, int]:
        return {started.name: started.pid for started in pids.noted(self.state / "run")}

    def log(self) -> str:
        return self._log.read_text()

    def close(self) -> None:
        if self._up and self._up.poll() is None:
            self.end(signal.SIGTERM)
        self.run("reset", "--yes")

    def _start(self) -> None:
        with self._log.open("wb") as log:
            self._up = subprocess.Popen(
                self._command("up", "--port", str(PORTS.web)),
                stdout=log,
                stderr=log,
                env=environment(),
            )

    def _command(self, command: str, *words: str) -> list[str]:
        return [sys.executable, "-m", "local", command, "--state", str(self.state), *words]

    async def _is_ready(self) -> bool:
        assert self._up
        assert self._up.poll() is None, self.log()
        return self.is_up()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Generator[Program]:
    made = Program(tmp_path_factory.mktemp("stack"))
    yield made
    made.close()


@pytest.fixture
async def running(program: Program) -> Program:
    """Each test gets a stack that is up; the data of the one before it is still there."""
    if not program.is_up():
        await program.up()
    return program


def owner_token(program: Program) -> str:
    return program.run("token", "--user", "owner@demo.test").stdout.strip()


async def test_every_part_is_healthy(running: Program) -> None:
    shown = running.run("status")

    assert shown.returncode == 0
    assert shown.stdout.count("healthy") == len({*PARTS, "durable"})
    assert all(name in shown.stdout for name in {*PARTS, "durable"})


async def test_what_the_host_has_given_up_on_is_told(running: Program) -> None:
    memory = Memory(running.state / "host/host.sqlite")
    memory.give_up(memory.post("on_document_uploaded", "uploads/x/y"))
    memory.note_dead_letter(DeadLetter("on_document_uploaded", "uploads/x/z", "answered with 401"))
    shown = running.run("status")
    memory.forgive("on_document_uploaded", "uploads/x/y")
    memory.close()

    assert shown.returncode == 0
    assert "on_document_uploaded failed too often on uploads/x/y" in shown.stdout
    assert "The event of uploads/x/z was never taken: answered with 401" in shown.stdout


async def test_the_owners_token_opens_the_api_to_the_demo_firm(running: Program) -> None:
    token = owner_token(running)
    key = jwt.PyJWKClient(jwks_url(PORTS.oidc)).get_signing_key_from_jwt(token)
    jwt.decode(token, key.key, algorithms=["RS256"], audience=AUDIENCE, issuer=issuer(PORTS.oidc))

    async with httpx.AsyncClient(base_url=WEB, trust_env=False) as client:
        answer = await client.get("/api/v1/clients", headers={"authorization": f"Bearer {token}"})
        anonymous = await client.get("/api/v1/clients")

    assert "Rivera Family" in [found["name"] for found in answer.json()["items"]]
    assert anonymous.status_code == 401


async def test_everybody_of_the_demo_firms_comes_in_as_who_they_are(running: Program) -> None:
    """Except for the one who signs in with a password alone and might see TINs."""
    people = {person.email: person for firm in FIRMS for person in firm.people()}
    async with httpx.AsyncClient(base_url=WEB, trust_env=False) as client:
        for email, person in people.items():
            token = running.run("token", "--user", email).stdout.strip()
            answer = await client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})

            if not person.has_second_factor:
                assert (answer.status_code, answer.json()["code"]) == (403, "mfa_required")
                continue
            me = answer.json()
            assert (me["user"]["email"], me["role"]) == (email, person.role)
            assert me["has_second_factor"]


async def test_a_person_who_is_not_there_is_told_who_is(running: Program) -> None:
    refused = running.run("token", "--user", "stranger@demo.test")

    assert refused.returncode == 1
    assert "owner@demo.test" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_the_operators_commands_have_the_stacks_settings(running: Program) -> None:
    firm = str(FIRMS[0].id)

    shown = running.run("exec", "--", sys.executable, "-m", "infra.organizations", "verify", firm)

    assert json.loads(shown.stdout)["is_intact"]
    assert shown.returncode == 0


async def test_a_page_under_development_may_sign_people_in(running: Program) -> None:
    origin = {"origin": "http://localhost:5173"}
    async with httpx.AsyncClient(base_url=issuer(PORTS.oidc), trust_env=False) as browser:
        answer = await browser.post("/token", data={"client_id": CLIENT_ID}, headers=origin)

    assert answer.headers["access-control-allow-origin"] == origin["origin"]


async def test_a_second_stack_on_the_same_folder_is_refused_in_a_sentence(
    running: Program,
) -> None:
    refused = running.run("up", "--port", str(PORTS.web + 20))

    assert refused.returncode == 1
    assert f"already running in {running.state}" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_json_on_stdout_stays_there_when_stderr_is_a_terminal(
    running: Program, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    terminal, stderr = os.openpty()

    shown = running.run("read", "--json", str(empty), stderr=stderr)

    os.close(stderr)
    os.close(terminal)
    read = json.loads(shown.stdout)
    assert (read["state"], read["code"]) == ("rejected", "document_empty")
    assert shown.returncode == 0


async def test_a_killed_host_comes_back(running: Program) -> None:
    killed = running.pids()["host"]
    os.kill(killed, signal.SIGKILL)

    async def is_back() -> bool:
        return running.pids().get("host", killed) != killed and await answers_ok(HEALTH)

    await until(is_back)


async def test_a_killed_database_comes_back_with_its_rows(running: Program) -> None:
    killed = running.pids()["postgres"]
    os.kill(killed, signal.SIGKILL)
    bearer = {"authorization": f"Bearer {owner_token(running)}"}

    async def has_its_rows() -> bool:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{WEB}/api/v1/clients", headers=bearer)
        return running.pids().get("postgres", killed) != killed and "Rivera" in answer.text

    await until(has_its_rows)


async def test_what_a_killed_stack_left_is_taken_over(running: Program) -> None:
    left = running.pids()
    running.end(signal.SIGKILL)
    assert set(left) == PARTS

    await running.up()

    assert not [pid for pid in left.values() if psutil.pid_exists(pid)]
    assert await answers_ok(HEALTH)
    assert "was left running by a crash and is stopped" in running.log()


async def test_sigterm_leaves_no_process(running: Program) -> None:
    processes = [psutil.Process(pid) for pid in running.pids().values()]
    everyone = [*processes, *(child for each in processes for child in each.children(True))]

    assert running.end(signal.SIGTERM) == 0

    assert psutil.wait_procs(everyone, timeout=5)[1] == []
    assert running.pids() == {}
    log = running.log()
    assert log.index("host stopped") < log.index("postgres stopped")
    assert running.run("status").returncode == 1


async def test_read_without_a_stack_brings_one_and_takes_it_away(program: Program) -> None:
    if program.is_up():
        program.end(signal.SIGTERM)

    shown = program.run("read", "--json", "/missing.pdf", "--port", str(PORTS.web))

    assert json.loads(shown.stdout)["code"] == "file_unreadable"
    assert shown.returncode == 1
    assert program.pids() == {}


async def test_reset_leaves_nothing_of_a_running_stack(running: Program) -> None:
    everyone = [psutil.Process(pid) for pid in running.pids().values()]

    assert running.run("reset", "--yes").returncode == 0

    assert psutil.wait_procs(everyone, timeout=5)[1] == []
    assert not running.state.exists()


async def test_reset_touches_no_other_folder(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/letter.txt").write_text("mine")

    refused = await asyncio.to_thread(Program(tmp_path).run, "reset", "--yes")

    assert refused.returncode == 1
    assert (tmp_path / "state/letter.txt").exists()
