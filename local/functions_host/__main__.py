"""Host a function app: ``python -m local.functions_host --app . --state .local/host``."""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

from local.engines import DEFAULT_ENGINE, ENGINES
from local.errors import PartMissing


def main() -> None:
    began = time.perf_counter()
    asyncio.run(_serve(_parser().parse_args(), began))


async def _serve(options: argparse.Namespace, began: float) -> None:
    from local.functions_host.configuration import ConfigurationError, read_configuration
    from local.functions_host.indexing import IndexingError
    from local.functions_host.logs import start_logging
    from local.functions_host.server import PortTaken, serve

    app = options.app.resolve()
    try:
        start_logging(read_configuration(app).log_level)
        was_asked = await serve(
            app,
            port=options.port,
            state=options.state,
            durable_port=options.durable_port,
            engine=options.engine,
            grace=options.drain_seconds,
            began=began,
        )
    except (ConfigurationError, IndexingError, PartMissing, PortTaken) as error:
        _exit(1, str(error))
    if was_asked:
        _exit(0)
    _exit(1, "A function timed out, which ends the process, as it does in Azure.")


def _exit(code: int, why: str = "") -> NoReturn:
    """Leave at once: an ordinary exit waits for every thread, even one a handler hangs in."""
    if why:
        print(why, file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.functions_host", description=__doc__)
    parser.add_argument("--app", type=Path, default=Path(), help="the folder of function_app.py")
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--state", type=Path, default=Path(".local/host"))
    parser.add_argument("--durable-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--engine", choices=ENGINES, default=DEFAULT_ENGINE)
    parser.add_argument("--drain-seconds", type=float, default=20.0)
    return parser


if __name__ == "__main__":
    main()
