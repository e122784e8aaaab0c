"""What a setting must not be, wherever the app runs. No message says what the value is."""

import base64
import binascii
import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import AfterValidator, SecretStr

LEAST_KEY = 32  # bytes
LEAST_VARIETY = 12  # different bytes; 32 random ones have fewer once in 10^13
LIMIT = re.compile(r"[1-9]\d{0,6}/(second|minute|hour)")
PRIVILEGED = frozenset({"postgres", "migrator", "directory", "root", "admin", "azure_superuser"})
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


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
    parts = _split(value.get_secret_value())
    if parts.scheme not in ("postgresql", "postgres"):
        return _keyword_database(value)
    options = dict(parse_qsl(parts.query))
    _login(options.get("user", parts.username or ""))
    _encryption(options.get("host", parts.hostname or ""), options.get("sslmode", ""))
    return value


def _keyword_database(value: SecretStr) -> SecretStr:
    """``host=… user=…``, libpq's other way to write it."""
    options = _pairs(value.get_secret_value())
    if not options:
        raise ValueError("must be a PostgreSQL connection string")
    _login(options.get("user", ""))
    _encryption(options.get("host", ""), options.get("sslmode", ""))
    return value


def is_typed(key: SecretStr) -> bool:
    """Whether it spells something, as the keys of local.settings.sample.json do."""
    return base64.b64decode(key.get_secret_value()).isascii()


def serves_this_machine(database: SecretStr) -> bool:
    text = database.get_secret_value()
    parts = urlsplit(text)
    options = {**_pairs(text), **dict(parse_qsl(parts.query))}
    return is_this_machine(options.get("host", parts.hostname if parts.scheme else None))


def _pairs(text: str) -> dict[str, str]:
    found = re.findall(r"(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", text)
    return {name: value.strip("'") for name, value in found}


def _login(user: str) -> None:
    if not user:
        raise ValueError("must name the role to log in as")
    if user.casefold() in PRIVILEGED:
        raise ValueError("must log in as the application's own role: this one passes the policies")


def _encryption(host: str, mode: str) -> None:
    if not is_this_machine(host) and mode not in ENCRYPTED:
        raise ValueError("must say sslmode=require or stricter for a server elsewhere")


def _storage(value: SecretStr | None) -> SecretStr | None:
    text = value.get_secret_value() if value else ""
    for address in re.findall(r"http://[^;]+", text):
        if not is_this_machine(_split(address).hostname):
            raise ValueError("must use https for a storage account elsewhere")
    if "DefaultEndpointsProtocol=http;" in text and "BlobEndpoint=" not in text:
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
    if "ssl_cert_reqs" in parts.query or "ssl_check_hostname" in parts.query:
        raise ValueError("must not loosen how the server's certificate is checked")
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
