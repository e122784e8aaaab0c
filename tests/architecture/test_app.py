import subprocess
import sys
from pathlib import Path

from function_app import app

ROOT = Path(__file__).parents[2]

# What costs most of a cold start; see docs/decisions/0003-one-function-per-area.md.
BARRED = {
    "psycopg",
    "psycopg_pool",
    "fastapi",
    "jwt",
    "pydantic_settings",
    "numpy",
    "PIL",
    "pypdf",
    "pypdfium2",
    "azure.storage",
    "azure.servicebus",
    "azure.cosmos",
    "azure.identity",
    "openai",
    "stripe",
    "sendgrid",
}


def test_every_function_has_its_own_name() -> None:
    names = [function.get_function_name() for function in app.get_functions()]

    assert len(names) == len(set(names))
    assert {"documents_api", "on_document_uploaded", "process_document_v1"} <= set(names)


def test_the_host_indexes_us_without_drivers_sdks_or_web_framework() -> None:
    ask = "import sys, function_app; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()

    assert "pydantic" in loaded
    assert BARRED & set(loaded) == set()
