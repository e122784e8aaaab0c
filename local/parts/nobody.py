"""PostgreSQL refuses to run as root, so root hands it to the user nobody.

Nobody may not look below a home folder of mode 700, which is where a clone or a
virtual environment often lies: what is out of reach gets a place in /var/tmp.
"""

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import TypedDict

from local.errors import PartFailed

SHELTER = Path("/var/tmp")  # noqa: S108 - what we make there belongs to us, see _own_folder


class Identity(TypedDict, total=False):
    """The arguments by which subprocess starts a program as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


def is_root() -> bool:
    return os.geteuid() == 0


def identity() -> Identity:
    if not is_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    if is_root():
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def reachable(path: Path) -> bool:
    """Whether every folder above it lets strangers pass."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents if folder.exists())


def within_reach(path: Path) -> Path:
    """The path itself, or its stand-in when nobody could not get there."""
    path = path.resolve()
    if not is_root() or reachable(path):
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    return _own_folder(f"advisoros-{digest}") / path.name


def forget(path: Path) -> None:
    """Take the emptied stand-in's folder away too."""
    if path.parent.parent == SHELTER:
        path.parent.rmdir()


def copy_within_reach(name: str, folders: list[Path]) -> Path:
    """A folder that holds copies of the folders, made once for each name."""
    home = _own_folder(name)
    for folder in folders:
        copy = home / folder.name
        if not copy.exists():
            unfinished = home / f"{folder.name}.{os.getpid()}"
            shutil.copytree(folder, unfinished, ignore=shutil.ignore_patterns("include"))
            try:
                unfinished.rename(copy)
            except OSError:  # another process was faster
                shutil.rmtree(unfinished)
    return home


def _own_folder(name: str) -> Path:
    folder = SHELTER / name
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PartFailed(f"{folder} belongs to somebody else. Remove it and start again.")
    return folder
