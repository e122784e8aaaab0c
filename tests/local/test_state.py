"""The state folder: one stack at a time, and secrets for their owner only."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.errors import AlreadyRunning, NotRunning, StackError
from local.state import State


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.make()
    return made


def test_a_second_stack_hears_who_is_there(state: State) -> None:
    with state.owned(7071), pytest.raises(AlreadyRunning) as refusal, state.owned(7171):
        pass

    assert f"already running in {state.root} on http://localhost:7071" in str(refusal.value)
    assert f"(pid {os.getpid()})" in str(refusal.value)


def test_a_killed_owner_leaves_the_folder_free(state: State) -> None:
    owner = f"""
import os, signal, pathlib
from local.state import State
with State(pathlib.Path({str(state.root)!r})).owned(7071):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", owner], check=False)

    assert state.record() is None
    with state.owned(7171):
        pass


def test_the_record_of_a_stack_that_died_is_not_taken_for_the_next_ones(state: State) -> None:
    """The next one has the folder, and has not written its own record yet."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with state.owned(7071):
        left = {"pid": gone.pid, "port": 7171, "ready": True}
        (state.root / "stack.json").write_text(json.dumps(left))

        assert state.record() is None


def test_commands_wait_for_a_stack_that_is_ready(state: State) -> None:
    with state.owned(7071):
        with pytest.raises(NotRunning, match="python -m local up"):
            state.require_ready()
        state.announce(7071, ready=True)

        assert state.require_ready().port == 7071


def test_a_secret_is_made_once_for_its_owner_only(state: State) -> None:
    made = state.secret("key", lambda: "first")

    assert state.secret("key", lambda: "second") == made == "first"
    assert (state.root / "secrets/key").stat().st_mode & 0o777 == 0o600
    assert (state.root / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(State, "LEAST_FREE", 2**60)

    with pytest.raises(StackError, match=r"MB are free on the disk of .* --state DIR"):
        State(tmp_path).make()
