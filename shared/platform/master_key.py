"""Where the key is that wraps all data keys: in Key Vault, or in a file for its owner alone."""

import base64
import binascii
import os
import re
import stat
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from shared.platform.crypto import KEY_BYTES
from shared.platform.safety import LEAST_VARIETY


def check(path: str) -> str:
    """Refuse to start with a key that others can read, or that somebody has typed."""
    if path:
        keys(path)
    return path


@cache
def keys(path: str) -> tuple[bytes, ...]:
    """One on each line, in base64. The first wraps; the others still unwrap what they wrapped."""
    try:
        with Path(path).open(encoding="ascii") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            lines = file.read().split()
    except (OSError, UnicodeDecodeError):
        raise ValueError("must name a file that this app can read") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError("must name a file that its owner alone can read, with mode 600")
    if not lines:
        raise ValueError("must name a file with a key in it")
    return tuple(_key(line) for line in lines)


def _key(line: str) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < LEAST_VARIETY:
        raise ValueError(f"must name a file with {KEY_BYTES} random bytes in base64 on each line")
    return key


def check_id(key_id: str) -> str:
    """Of one version: a new one wraps nothing until the data keys have been wrapped anew."""
    if key_id and not re.fullmatch(r"https://[^/]+/keys/[0-9A-Za-z-]+/[0-9A-Za-z]+", key_id):
        raise ValueError("must be an address such as https://<vault>/keys/<name>/<version>")
    return key_id


KeyFile = Annotated[str, AfterValidator(check)]
VaultKeyId = Annotated[str, AfterValidator(check_id)]
