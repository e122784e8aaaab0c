"""The functions host of this project, serving the app beside it."""

import sys
from collections.abc import Mapping
from pathlib import Path

from local.parts.part import HOST, Part, answers_ok

APP = Path(__file__).parents[2]
DRAIN_SECONDS = 30


def functions_host(
    state: Path, port: int, *, durable_port: int, engine: str, settings: Mapping[str, str]
) -> Part:
    return Part(
        name="host",
        port=port,
        command=[
            *(sys.executable, "-m", "local.functions_host", "--app", str(APP)),
            *("--port", str(port), "--state", str(state), "--durable-port", str(durable_port)),
            *("--engine", engine),
        ],
        is_healthy=lambda: answers_ok(f"http://{HOST}:{port}/api/health"),
        environment={**settings, "PYTHONUNBUFFERED": "1"},
        folder=APP,
        stop_seconds=DRAIN_SECONDS,
    )
