"""`python -m local read`: sends files through the product and prints what was read."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import StringIO

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local import accounts, demo, stack
from local.parts.part import HOST
from local.ports import Ports
from local.reading import showing
from local.reading.api import Api, BearerToken
from local.reading.following import read_files
from local.reading.outcome import Outcome
from local.state import State

READY_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Reading:
    """What was asked for."""

    files: Sequence[str]
    as_json: bool = False
    force: bool = False
    user: str = demo.OWNER


async def read(state: State, ports: Ports, asked: Reading) -> int:
    """The exit status: 1 when a file failed or could not be sent."""
    async with a_stack(state, ports) as port:
        outcomes = await send(
            f"http://{HOST}:{port}",
            lambda: accounts.token(state, asked.user),
            asked.files,
            force=asked.force,
            tell=print_json if asked.as_json else print_line,
        )
    return int(any(outcome.is_failure for outcome in outcomes))


async def send(
    base_url: str,
    sign_in: Callable[[], str],
    files: Sequence[str],
    *,
    force: bool,
    tell: Callable[[Outcome], None],
) -> list[Outcome]:
    """With progress on stderr."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        redirect_stdout=sys.stdout.isatty(),  # or what is piped away would land on the terminal
        transient=True,
    )
    client = httpx.AsyncClient(
        base_url=base_url, auth=BearerToken(sign_in), timeout=60, trust_env=False
    )
    async with client:
        with progress:
            task = progress.add_task("Reading", total=len(files))
            return await read_files(
                Api(client), files, force=force, done=lambda: progress.advance(task), tell=tell
            )


@asynccontextmanager
async def a_stack(state: State, ports: Ports) -> AsyncGenerator[int]:
    """The port of the running stack, or of one that lives as long as this block."""
    if state.record():
        yield await _port_when_ready(state)
        return
    Console(stderr=True).print("No stack is running here: starting one for these files.")
    stack.cancel_when_told()
    async with stack.running(state, ports, echo=False):
        yield ports.web


async def _port_when_ready(state: State) -> int:
    for _ in range(READY_SECONDS):
        record = state.record()
        if record is None or record.ready:
            break
        await asyncio.sleep(1)
    return state.require_ready().port


def print_json(outcome: Outcome) -> None:
    _say(json.dumps(outcome.as_json()) + "\n")


def print_line(outcome: Outcome) -> None:
    console = Console(soft_wrap=True)
    with console.capture() as line:
        console.print(showing.line(outcome))
    _say(line.get())  # a Console's own print would run into the progress bar


def _say(text: str) -> None:
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:  # as in `read … | head`: the rest is read, and nobody is told
        sys.stdout = StringIO()
