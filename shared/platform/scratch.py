"""Folders for files that must not outlive the work on them.

A process that is killed cannot clean up, and what it leaves may be somebody's tax form. So each
folder's name says whose it is, and a process begins by removing those whose owner is gone.
"""

import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_PREFIX = "advisoros-"
_OWNED = re.compile(rf"{_PREFIX}(\d+)-.*")


@contextmanager
def folder() -> Generator[Path]:
    """Empty, for this process's user alone, and gone after the block."""
    _clear_once()
    with TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def clear_leftovers() -> None:
    """Before this process has a folder of its own: a container often gives its number again."""
    for path in Path(gettempdir()).glob(f"{_PREFIX}*"):
        owned = _OWNED.fullmatch(path.name)
        if owned and (int(owned[1]) == os.getpid() or not _is_running(int(owned[1]))):
            shutil.rmtree(path, ignore_errors=True)  # of another user it is not ours to remove


@cache
def _clear_once() -> None:
    clear_leftovers()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
