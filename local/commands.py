"""What each command of the command line does; the answer is its exit status.

Each imports what it needs when it runs: asking for a token should not load a PDF writer.
"""

import asyncio
import os
import signal
import time
from argparse import Namespace
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from local.errors import StackError
from local.ports import Ports
from local.state import State

STOP_SECONDS = 60


def up(options: Namespace) -> int:
    from local import stack

    async def serve() -> None:
        state, ports = State(options.state), Ports(options.port)
        async with stack.running(state, ports, echo=True, engine=options.engine) as running:
            await running.serve()

    return _until_told(serve())


def run(options: Namespace) -> int:
    from local.run import run

    return _until_told(run(State(options.state), Ports(options.port), options.engine))


def read(options: Namespace) -> int:
    from local.read import Reading, read

    asked = Reading(options.files, options.json, options.force, options.user)
    return asyncio.run(read(State(options.state), Ports(options.port), asked))


def status(options: Namespace) -> int:
    from local.status import status

    return asyncio.run(status(State(options.state)))


def token(options: Namespace) -> int:
    from local import accounts

    print(accounts.token(State(options.state), options.user))
    return 0


def execute(options: Namespace) -> int:
    from local.settings import running_settings

    environment = running_settings(State(options.state))
    try:
        os.execvpe(options.program[0], options.program, environment)  # noqa: S606
    except FileNotFoundError:
        raise StackError(f"There is no program called {options.program[0]}.") from None


def reset(options: Namespace) -> int:
    from local import stack

    state = State(options.state)
    if not state.is_a_stacks():
        raise StackError(f"{state.root} is not the state of a stack: nothing is removed.")
    question = f"Stop the stack of {state.root} and remove all its data? [y/N] "
    if not options.yes and not _agrees(question):
        return 1
    _stop(state)
    stack.remove(state)
    return 0


def _agrees(question: str) -> bool:
    try:
        return input(question).strip().lower() == "y"
    except EOFError:  # nobody is there to answer
        raise StackError("Nothing is removed. Without a terminal, say --yes.") from None


def _stop(state: State) -> None:
    record = state.record()
    if record is None:
        return
    with suppress(ProcessLookupError):
        os.kill(record.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while state.record():
        if time.monotonic() > deadline:
            raise StackError(f"The stack (pid {record.pid}) does not stop; nothing is removed.")
        time.sleep(0.1)


def _until_told(work: Coroutine[Any, Any, None]) -> int:
    """Ctrl-C and SIGTERM are the ordinary way to end it."""
    from local import stack

    async def told() -> None:
        stack.cancel_when_told()
        await work

    try:
        asyncio.run(told())
    except asyncio.CancelledError:
        return 0
    return 0


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "up": up,
    "run": run,
    "read": read,
    "status": status,
    "token": token,
    "exec": execute,
    "reset": reset,
}
