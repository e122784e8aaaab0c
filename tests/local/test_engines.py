"""Choosing the worker that runs the functions."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.engines import DEFAULT_ENGINE, ENGINES, require_engine
from local.errors import PartMissing
from local.parts.functions_host import functions_host

MISSING = "Microsoft's worker library, azure-functions-runtime, is not installed"
# A child in which the library cannot be imported.
WITHOUT = "import runpy, sys; sys.modules['azure_functions_runtime'] = None; sys.argv[0] = 'local'"


def test_both_can_be_had_where_everything_is_installed() -> None:
    for engine in ENGINES:
        require_engine(engine)


def test_without_microsofts_library_only_the_default_can_be_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "azure_functions_runtime", None)

    require_engine(DEFAULT_ENGINE)
    with pytest.raises(PartMissing, match=MISSING):
        require_engine("microsoft")


def test_the_host_is_started_with_the_engine_that_was_named(tmp_path: Path) -> None:
    part = functions_host(tmp_path, 1, durable_port=2, engine="microsoft", settings={})

    assert part.command[part.command.index("--engine") + 1] == "microsoft"


@pytest.mark.parametrize("program", ["local", "local.functions_host"])
def test_what_is_missing_is_a_sentence_and_nothing_is_started(tmp_path: Path, program: str) -> None:
    state = tmp_path / "state"
    command = ["up"] if program == "local" else ["--app", str(tmp_path)]
    code = f"{WITHOUT}; runpy.run_module({program!r}, run_name='__main__')"

    ended = subprocess.run(
        [sys.executable, "-c", code, *command, "--engine", "microsoft", "--state", str(state)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith(MISSING)
    assert ended.stderr.count("\n") == 1
    assert not state.exists()
