"""Access keys: the master key, the host's own, those of webhooks and of each HTTP function."""

import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from enum import IntEnum
from pathlib import Path
from typing import TypedDict

DEFAULT = "default"


class Level(IntEnum):
    """What a caller may call; a function asks for at least one of these."""

    ANONYMOUS = 0
    FUNCTION = 1
    ADMIN = 2


class KeysFile(TypedDict):
    master: str
    host: dict[str, str]
    system: dict[str, str]
    functions: dict[str, dict[str, str]]


class Keys:
    """A change is in the file, and in force, when the method that makes it returns."""

    def __init__(self, file: Path, function_names: Iterable[str]) -> None:
        self._file = file
        self._keys = _read(file)
        for name in function_names:
            self._keys["functions"].setdefault(name, {DEFAULT: new_key()})
        _write(file, self._keys)

    @property
    def master(self) -> str:
        return self._keys["master"]

    @property
    def host(self) -> str:
        return self._keys["host"][DEFAULT]

    def of_function(self, name: str) -> str:
        return self._keys["functions"][name][DEFAULT]

    def of_webhook(self, extension: str) -> str:
        """The system key ``{extension}_extension``, made when it is first wanted, as in Azure."""
        name = f"{extension}_extension"
        if name not in self._keys["system"]:
            self.put(self._keys["system"], name, new_key())
        return self._keys["system"][name]

    def scope(self, name: str) -> dict[str, str] | None:
        """The keys of the host ("functionkeys"), of webhooks ("systemkeys") or of a function."""
        if name == "functionkeys":
            return self._keys["host"]
        if name == "systemkeys":
            return self._keys["system"]
        return self._keys["functions"].get(name)

    def put(self, scope: dict[str, str], name: str, value: str) -> None:
        scope[name] = value
        _write(self._file, self._keys)

    def delete(self, scope: dict[str, str], name: str) -> None:
        del scope[name]
        _write(self._file, self._keys)

    def put_master(self, value: str) -> None:
        self._keys["master"] = value
        _write(self._file, self._keys)

    def level(self, key: str | None, function_name: str = "") -> Level:
        """What the key opens, for this function or, without one, for the host's own pages."""
        if not key:
            return Level.ANONYMOUS
        if _same(key, self.master):
            return Level.ADMIN
        own = self._keys["functions"].get(function_name, {})
        return Level.FUNCTION if _is_one_of(key, self._keys["host"], own) else Level.ANONYMOUS

    def opens_webhook(self, key: str | None, extension: str) -> bool:
        kept = {DEFAULT: self._keys["system"].get(f"{extension}_extension", self.master)}
        return self.level(key) is Level.ADMIN or bool(key and _is_one_of(key, kept))


def new_key() -> str:
    return secrets.token_urlsafe(32)


def _is_one_of(given: str, *kept: Mapping[str, str]) -> bool:
    return any(_same(given, each) for keys in kept for each in keys.values())


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode(), kept.encode())


def _read(file: Path) -> KeysFile:
    keys = KeysFile(master=new_key(), host={DEFAULT: new_key()}, system={}, functions={})
    if file.exists():
        keys.update(json.loads(file.read_text()))
    return keys


def _write(file: Path, keys: KeysFile) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(keys, stream, indent=2)
    fresh.replace(file)
