"""Access keys: the host's master and default key, and one for each HTTP function."""

import hmac
import json
import os
import secrets
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import TypedDict


class Level(IntEnum):
    """What a caller may call; a function asks for at least one of these."""

    ANONYMOUS = 0
    FUNCTION = 1
    ADMIN = 2


class KeysFile(TypedDict):
    master: str
    host: dict[str, str]
    functions: dict[str, dict[str, str]]


class Keys:
    def __init__(self, file: Path, function_names: Iterable[str]) -> None:
        self._keys = _read(file)
        for name in function_names:
            self._keys["functions"].setdefault(name, {"default": _new_key()})
        _write(file, self._keys)

    @property
    def master(self) -> str:
        return self._keys["master"]

    @property
    def host(self) -> str:
        return self._keys["host"]["default"]

    def of_function(self, name: str) -> str:
        return self._keys["functions"][name]["default"]

    def level(self, key: str | None, function_name: str = "") -> Level:
        """What the key opens, for this function or, without one, for the host's own pages."""
        if not key:
            return Level.ANONYMOUS
        if _same(key, self.master):
            return Level.ADMIN
        own = self._keys["functions"].get(function_name, {})
        accepted = (*self._keys["host"].values(), *own.values())
        return Level.FUNCTION if any(_same(key, each) for each in accepted) else Level.ANONYMOUS


def _new_key() -> str:
    return secrets.token_urlsafe(32)


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode(), kept.encode())


def _read(file: Path) -> KeysFile:
    if file.exists():
        return json.loads(file.read_text())
    return {"master": _new_key(), "host": {"default": _new_key()}, "functions": {}}


def _write(file: Path, keys: KeysFile) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(keys, stream, indent=2)
    fresh.replace(file)
