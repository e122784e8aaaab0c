import os
import subprocess
import sys
from pathlib import Path

from tests.make.functions import registered

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
    "limits",
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
    "redis",
    "sendgrid",
    "shared.platform.db",  # and with it all of the domain, which loads with what it has to do
    "sklearn",
    "starlette",
    "stripe",
}


def test_every_function_has_its_own_name() -> None:
    names = [function.get_function_name() for function in registered()]

    assert len(names) == len(set(names))
    assert {"documents_api", "on_document_uploaded", "process_document_v1"} <= set(names)


def test_the_app_does_not_start_with_a_setting_that_is_unsafe() -> None:
    environment = {**os.environ, "TOKEN_ISSUER": "http://hunter2.example.com", "CORS_ORIGINS": "*"}
    started = subprocess.run(
        [sys.executable, "-c", "import function_app"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    told = started.stderr.splitlines()[-1]
    assert "The app does not start: " in told
    assert {"TOKEN_ISSUER", "CORS_ORIGINS"} <= set(told.replace(";", " ").split())
    assert "hunter2" not in started.stdout + started.stderr


def test_the_host_indexes_us_without_drivers_sdks_web_framework_or_domain() -> None:
    ask = "import sys, function_app; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()

    assert "pydantic" in loaded
    assert BARRED & set(loaded) == set()
