"""What an API key looks like: ``aos_live_<prefix>_<secret><check>``.

The prefix is shown in lists and finds the key; the secret has 256 random bits. The check is a CRC,
so that whoever looks for leaked keys in text knows one, and a mistyped one never gets further.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

MARK = "aos_live_"
ALPHABET = string.digits + string.ascii_letters
PREFIX_LETTERS = 12
SECRET_LETTERS = 43  # 62^43 > 2^256
CHECK_LETTERS = 6
SHAPE = re.compile(
    rf"{MARK}([0-9A-Za-z]{{{PREFIX_LETTERS}}})"
    rf"_([0-9A-Za-z]{{{SECRET_LETTERS}}})([0-9A-Za-z]{{{CHECK_LETTERS}}})"
)


@dataclass(frozen=True, slots=True)
class KeyText:
    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{MARK}{self.prefix}_{self.secret}{_check(self.prefix, self.secret)}"

    def __repr__(self) -> str:
        return f"<API key {self.prefix}>"

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.secret.encode()).digest()

    def matches(self, secret_hash: bytes | None) -> bool:
        return hmac.compare_digest(self.hash, secret_hash or b"")


def is_key(credential: str) -> bool:
    return credential.startswith(MARK)


def new_key(prefix: str | None = None) -> KeyText:
    """With a prefix, another secret for a key that has one."""
    prefix = prefix or "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_LETTERS))
    return KeyText(prefix, _letters(secrets.randbits(256), SECRET_LETTERS))


def parse_key(credential: str) -> KeyText | None:
    found = SHAPE.fullmatch(credential)
    if found is None or found[3] != _check(found[1], found[2]):
        return None
    return KeyText(found[1], found[2])


def _check(prefix: str, secret: str) -> str:
    return _letters(zlib.crc32(f"{prefix}_{secret}".encode()), CHECK_LETTERS)


def _letters(number: int, width: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        found = ALPHABET[rest] + found
    return found.rjust(width, ALPHABET[0])
