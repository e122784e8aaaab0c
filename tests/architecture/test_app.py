import subprocess
import sys
from pathlib import Path

from function_app import app

ROOT = Path(__file__).parents[2]

# What costs most of a cold start; see docs/decisions/0003-one-function-per-area.md.
BARRED = {
    "azure.ai",
    "azure.core",
    "azure.cosmos",
    "azure.eventgrid",
    "azure.identity",
    "azure.servicebus",
    "azure.storage",
    "cryptography",
    "cv2",
    "fastapi",
    "httpx",
    "jwt",
    "local",
    "numpy",
    "onnxruntime",
    "openai",
    "PIL",
    "psycopg",
    "psycopg_pool",
    "pydantic_settings",
    "pypdf",
    "pypdfium2",
    "rapidocr",
    "sendgrid",
    "sklearn",
    "starlette",
    "stripe",
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
