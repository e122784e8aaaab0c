"""What a setting must not be, wherever the app runs. No message says what the value is."""

import base64
import binascii
import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, SecretStr

LEAST_KEY = 32  # bytes
LEAST_VARIETY = 12  # different bytes; 32 random ones have fewer once in 10^13
LIMIT = re.compile(r"[1-9]\d{0,6}/(second|minute|hour)")
PRIVILEGED = frozenset({"postgres", "migrator", "directory", "root", "admin", "azure_superuser"})
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
DATABASE_OPTIONS = frozenset(
    {"user", "password", "host", "port", "dbname", "sslmode", "sslrootcert"}
    | {"application_name", "connect_timeout"}
)
"""Others can lead elsewhere, or change the role, behind those that we look at."""

_PAIR = re.compile(r"(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s\\]|\\.)+)")


def is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _address(value: str) -> str:
    """Where we send tokens, keys or documents: encrypted, unless it never leaves the machine."""
    parts = _split(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(parts.hostname)):
        raise ValueError("must be an https:// address, or http:// on this machine alone")
    if parts.username or parts.password:
        raise ValueError("must not hold a user or password")
    return value


def _address_or_none(value: str) -> str:
    return _address(value) if value else value


def _origins(value: str) -> str:
    """Exactly what browsers send: scheme, host and port."""
    for origin in listed(value):
        parts = _split(_address(origin))
        if origin != f"{parts.scheme}://{parts.netloc}" or "*" in origin:
            raise ValueError("must list exact origins, such as https://app.example.com")
    return value


def _loopback_peers(value: str) -> str:
    for peer in listed(value):
        parts = _split(f"http://{peer}")
        if not is_this_machine(parts.hostname) or parts.netloc != peer or parts.port is None:
            raise ValueError("must list peers on this machine, such as 127.0.0.1:8080")
    return value


def _database(value: SecretStr) -> SecretStr:
    options = _options(value.get_secret_value())
    if options.keys() - DATABASE_OPTIONS:
        raise ValueError(f"must have no options but {', '.join(sorted(DATABASE_OPTIONS))}")
    _login(options.get("user", ""))
    _encryption(options.get("host", ""), options.get("sslmode", ""))
    return value


def _options(text: str) -> dict[str, str]:
    """As libpq reads an address, or ``host=… user=…``: the last of a name is the one that counts.

    Its own parser would come with the driver, which the host indexes us without.
    """
    parts = _split(text)
    if parts.scheme in ("postgresql", "postgres"):
        named = {"user": parts.username, "host": parts.hostname}
        return {name: unquote(each) for name, each in named.items() if each} | dict(
            parse_qsl(parts.query, keep_blank_values=True)
        )
    if _PAIR.sub("", text).strip():
        raise ValueError("must be a PostgreSQL connection string")
    return {name: _unquoted(each) for name, each in _PAIR.findall(text)}


def _unquoted(value: str) -> str:
    inner = value[1:-1] if value.startswith("'") else value
    return re.sub(r"\\(.)", r"\1", inner)


def is_typed(key: SecretStr) -> bool:
    """Whether it spells something, as the keys of local.settings.sample.json do."""
    return base64.b64decode(key.get_secret_value()).isascii()


def serves_this_machine(database: SecretStr) -> bool:
    return is_this_machine(_options(database.get_secret_value()).get("host"))


def _login(user: str) -> None:
    if not user:
        raise ValueError("must name the role to log in as")
    if user.casefold() in PRIVILEGED:
        raise ValueError("must log in as the application's own role: this one passes the policies")


def _encryption(host: str, mode: str) -> None:
    if not is_this_machine(host) and mode not in ENCRYPTED:
        raise ValueError("must say sslmode=require or stricter for a server elsewhere")


def _storage(value: SecretStr | None) -> SecretStr | None:
    """Names are read in any case, as the SDK reads them, and so are schemes."""
    text = value.get_secret_value() if value else ""
    pairs = (each.partition("=") for each in text.split(";"))
    given = {name.upper(): told for name, _, told in pairs}
    addresses = [_split(told) for name, told in given.items() if name.endswith("ENDPOINT")]
    if not given.get("BLOBENDPOINT"):
        addresses.append(_split(f"{given.get('DEFAULTENDPOINTSPROTOCOL') or 'https'}://elsewhere"))
    if any(each.scheme == "http" and not is_this_machine(each.hostname) for each in addresses):
        raise ValueError("must use https for a storage account elsewhere")
    return value


def _key(value: SecretStr) -> SecretStr:
    try:
        key = base64.b64decode(value.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if len(key) < LEAST_KEY:
        raise ValueError(f"must be {LEAST_KEY} random bytes in base64")
    if len(set(key)) < LEAST_VARIETY:
        raise ValueError("must be random: somebody typed this one")
    return value


def _cache(value: SecretStr) -> SecretStr:
    """Without a password it is this app's identity that signs in, and that needs encryption."""
    text = value.get_secret_value()
    parts = _split(text)
    if not text:
        return value
    if parts.scheme not in ("redis", "rediss"):
        raise ValueError("must be a redis:// or rediss:// address")
    if parts.scheme == "redis" and not is_this_machine(parts.hostname):
        raise ValueError("must use rediss:// for a server elsewhere")
    if parts.scheme == "redis" and not parts.password:
        raise ValueError("must hold a password")
    if parts.query:
        raise ValueError("must have no options: some loosen how certificates are checked")
    return value


def _limit(value: str) -> str:
    if not LIMIT.fullmatch(value):
        raise ValueError("must be a number for a second, minute or hour, such as 600/minute")
    return value


def _named(value: str) -> str:
    if not value.strip() or "*" in value:
        raise ValueError("must name one audience")
    return value


def listed(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    return parts


Address = Annotated[str, AfterValidator(_address)]
MaybeAddress = Annotated[str, AfterValidator(_address_or_none)]
Audience = Annotated[str, AfterValidator(_named)]
Cache = Annotated[SecretStr, AfterValidator(_cache)]
Database = Annotated[SecretStr, AfterValidator(_database)]
Key = Annotated[SecretStr, AfterValidator(_key)]
Limit = Annotated[str, AfterValidator(_limit)]
LoopbackPeers = Annotated[str, AfterValidator(_loopback_peers)]
Origins = Annotated[str, AfterValidator(_origins)]
Storage = Annotated[SecretStr | None, AfterValidator(_storage)]
