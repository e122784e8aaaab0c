"""What the host pays to index the app: python -m benchmarks.cold_start.

CPU seconds of a new process that imports ``function_app``, against one that imports the two
Functions SDKs alone, in turn; the lowest of each, since other work on the machine only adds.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figures import Figure, tell

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 10
AIM = 2.0
IMPORTS = {
    "nothing": "pass",
    "SDKs": "import azure.functions, azure.durable_functions",
    "app": "import function_app",
}


def measure() -> list[Figure]:
    lowest = {name: float("inf") for name in IMPORTS}
    for _ in range(ROUNDS):
        for name, code in IMPORTS.items():
            lowest[name] = min(lowest[name], _cpu(code))
    sdks, app = (f"{lowest[name] * 1000:.0f} ms" for name in ("SDKs", "app"))
    return [
        Figure.at_most(
            "cold import of function_app : of azure.functions and azure.durable_functions, CPU",
            ratio(lowest),
            AIM,
            "{:.2f}",
            f"{app} : {sdks}",
        )
    ]


def ratio(seconds: Mapping[str, float]) -> float:
    """Without the interpreter's own start, which is in both."""
    return (seconds["app"] - seconds["nothing"]) / (seconds["SDKs"] - seconds["nothing"])


def _settings() -> dict[str, str]:
    """The app is not imported without; a key in Key Vault is one that needs no file."""
    sample = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
    vault = "https://firm.vault.azure.net/keys/master/0123456789abcdef0123456789abcdef"
    return {**sample, "MASTER_KEY_FILE": "", "KEY_VAULT_KEY_ID": vault}


def _cpu(code: str) -> float:
    command = [sys.executable, "-c", code]
    environment = {**os.environ, **_settings(), "PYTHONPATH": str(ROOT)}
    pid = os.posix_spawn(sys.executable, command, environment)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{code!r} failed")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(tell(measure()))
