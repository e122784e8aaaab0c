import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from shared.platform import scratch


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def leave(folder: Path, pid: int) -> Path:
    left = folder / f"advisoros-{pid}-abc"
    left.mkdir()
    (left / "upload").write_bytes(b"somebody's W-2")
    return left


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_folder_is_empty_private_and_gone_afterwards(temporary: Path) -> None:
    with scratch.folder() as folder:
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "upload").write_bytes(b"somebody's W-2")

    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_has_left_is_removed(temporary: Path) -> None:
    leave(temporary, ended_pid())

    scratch.clear_leftovers()

    assert list(temporary.iterdir()) == []


def test_what_lies_under_our_own_number_is_an_earlier_processs(temporary: Path) -> None:
    leave(temporary, os.getpid())

    scratch.clear_leftovers()

    assert list(temporary.iterdir()) == []


def test_a_running_process_keeps_its_folder(temporary: Path) -> None:
    kept = leave(temporary, os.getppid())

    scratch.clear_leftovers()

    assert list(temporary.iterdir()) == [kept]


def test_what_is_called_otherwise_is_left_alone(temporary: Path) -> None:
    (temporary / "advisoros-tests-x1").mkdir()

    scratch.clear_leftovers()

    assert len(list(temporary.iterdir())) == 1
