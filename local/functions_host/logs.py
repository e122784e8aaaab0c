"""One line for each thing that happened, with the invocation it belongs to."""

import logging
import sys
from contextvars import ContextVar
from typing import Any

current_invocation: ContextVar[str] = ContextVar("current_invocation")
# Where the id of the invocation may be: a worker of another's making has its own variable.
invocation_variables: set[ContextVar[Any]] = {current_invocation}

FORMAT = "%(levelname)-7s %(invocation)s %(name)s: %(message)s"
# They tell of every request they make.
TALKATIVE = (
    "azure.core",
    "azure.identity",
    "httpx",
    "aiohttp.access",
    "azure.functions",
    "uvicorn.error",
)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ids = (variable.get(None) for variable in invocation_variables)
        record.invocation = next(filter(None, ids), "-")
        return super().format(record)


def formatter(*, is_terminal: bool) -> logging.Formatter:
    """Whoever keeps the log, as the stack does, writes the time; a terminal does not."""
    return _Formatter(f"%(asctime)s {FORMAT}" if is_terminal else FORMAT)


def start_logging(level: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter(is_terminal=sys.stdout.isatty()))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
