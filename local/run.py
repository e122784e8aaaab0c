"""`make run`: the stack, the project's sample documents through it, and then it serves."""

import asyncio
import json
from contextlib import AsyncExitStack

from rich.console import Console

from local import accounts, demo, read, stack
from local.parts.part import HOST
from local.ports import Ports
from local.reading import showing
from local.reading.outcome import Outcome
from local.samples.catalogue import make_samples
from local.stack import Stack
from local.state import State, write_private

WIDTH = 160  # of the table, where there is no window to fit


async def run(state: State, ports: Ports, engine: str) -> None:
    """Until Ctrl-C."""
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    async with AsyncExitStack() as cleanup:
        with console.status("Starting PostgreSQL, Azurite, the sign-in provider and the host"):
            running = await cleanup.enter_async_context(
                stack.running(state, ports, echo=False, engine=engine)
            )
        await _show(running, console)
        running.journal.echo = True
        await running.serve()


async def _show(running: Stack, console: Console) -> None:
    kept = running.state.root / "samples.json"
    if kept.exists():
        outcomes = [Outcome(**found) for found in json.loads(kept.read_text())]
        console.print(
            f"\nThe sample documents, as they were read when this stack was new ({kept}):"
        )
    else:
        outcomes = await _send_samples(running)
        write_private(kept, json.dumps([outcome.as_json() for outcome in outcomes]))
    console.print()
    console.print(showing.table(outcomes))
    console.print(_invitation(running), soft_wrap=True, highlight=False)


async def _send_samples(running: Stack) -> list[Outcome]:
    samples = await asyncio.to_thread(make_samples, running.state.folder("samples"))
    return await read.send(
        f"http://{HOST}:{running.ports.web}",
        lambda: accounts.token(running.state, demo.OWNER),
        [str(sample.path) for sample in samples],
        force=False,
        tell=lambda _: None,
    )


def _invitation(running: Stack) -> str:
    web = f"http://localhost:{running.ports.web}"
    state = running.state
    people = ", ".join(person.email for firm in demo.FIRMS for person in firm.people())
    strangers = ", ".join(person.email for person in demo.UNINVITED)
    token = accounts.token(state, demo.OWNER)
    return f"""
Review:       {web}/api/review
The API:      {web}/api/docs
Health:       {web}/api/health
Sign in as:   {people}
Invite:       {strangers}
Password:     {accounts.password(state, demo.OWNER)}
Log files:    {running.journal.folder}

curl {web}/api/v1/documents -H 'Authorization: Bearer {token}'

Serving until Ctrl-C.
"""
