"""One line for each thing that happened, with the invocation it belongs to."""

import logging
import sys
from contextvars import ContextVar

current_invocation: ContextVar[str] = ContextVar("current_invocation", default="-")

FORMAT = "%(asctime)s %(levelname)-7s %(invocation)s %(name)s: %(message)s"
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
        record.invocation = current_invocation.get()
        return super().format(record)


def start_logging(level: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Formatter(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
