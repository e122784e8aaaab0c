"""Requests to addresses that a user has given us, such as of webhooks.

They must not become requests from inside our network. The address is looked at when somebody
gives it, for a good answer; what holds is the look at the moment a socket is made, at the very
number it will be connected to, whatever a name has meant before. Redirects are not followed, and
what comes back is bounded in size and time.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from shared.platform import trace
from shared.platform.errors import Invalid, VendorUnavailable
from shared.platform.safety import listed
from shared.platform.settings import settings

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from aiohttp.abc import AbstractResolver

    Address: TypeAlias = IPv4Address | IPv6Address

PATIENCE = 10.0  # seconds, for all of it
PATIENCE_TO_CONNECT = 3.0
LARGEST_ANSWER = 64 * 1024
LONGEST_URL = 2048
PORTS = frozenset({443, 8443})

# Ranges that pass for public ones and are not the internet.
_INSIDE = (
    ip_network("168.63.129.16/32"),  # Azure's own services, of every virtual machine
    ip_network("100.64.0.0/10"),
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
    ip_network("3fff::/20"),
    ip_network("fec0::/10"),
)
# IPv6 addresses that stand for an IPv4 address, and where in them it is.
_NAT64 = ip_network("64:ff9b::/96")
_NAT64_LOCAL = ip_network("64:ff9b:1::/48")
_COMPATIBLE = ip_network("::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # before the IPv4 address, in any network
_NAME = re.compile(r"(?=.{1,253}\Z)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)")


class UnsafeUrl(Invalid):
    """We do not call it: it is not on the internet, or not plainly written."""

    code = "unsafe_url"
    remedy = "Give an https:// address that everybody on the internet can reach"


class PeerUnavailable(VendorUnavailable):
    """It did not answer, or not in time."""

    code = "peer_unavailable"


class AnswerTooLarge(PeerUnavailable):
    """What we called has answered with more than we read."""

    code = "peer_answer_too_large"


class _Inside(OSError):
    """Of a socket to a place that is not on the internet; as an OSError the next one is tried."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def require_safe(url: str) -> None:
    """What can be told without asking anybody; names are looked up when we connect."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnsafeUrl("That is not an address") from None
    if len(url) > LONGEST_URL or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise UnsafeUrl("That is not an address")
    if parts.username is not None or parts.password is not None:
        raise UnsafeUrl("An address with a user or password in it is not called")
    if parts.netloc in _peers():
        return
    if parts.scheme != "https" or (port or 443) not in PORTS:
        raise UnsafeUrl(f"Only https on port {' or '.join(map(str, sorted(PORTS)))} is called")
    _require_public_host(parts.hostname or "")


def is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
    if any(address in network for network in _INSIDE if network.version == address.version):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


async def send(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    resolver: AbstractResolver | None = None,
) -> Answer:
    """One request; a redirect is an answer like any other."""
    from aiohttp import ClientConnectorError, ClientError

    require_safe(url)
    try:
        async with (
            _session(resolver) as session,
            session.request(
                method,
                url,
                data=body or None,
                headers={"accept-encoding": "identity", **(headers or {}), **trace.outgoing()},
                allow_redirects=False,
            ) as answer,
        ):
            return Answer(answer.status, dict(answer.headers), await _bounded(answer))
    except (ClientError, TimeoutError) as error:
        if isinstance(error, ClientConnectorError) and isinstance(error.os_error, _Inside):
            raise UnsafeUrl("The name of that address leads inside a network") from error
        raise PeerUnavailable("The address does not answer") from error


def _session(resolver: AbstractResolver | None) -> ClientSession:
    from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

    connector = TCPConnector(
        resolver=resolver, socket_factory=_public_socket, use_dns_cache=False, force_close=True
    )
    timeout = ClientTimeout(total=PATIENCE, sock_connect=PATIENCE_TO_CONNECT)
    return ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=DummyCookieJar(),
        trust_env=False,  # a proxy would connect for us, unseen
        auto_decompress=False,  # a small answer may unpack to a huge one
    )


def _public_socket(about: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
    """Nobody is asked again after this: the number that is looked at is the one connected to."""
    family, kind, protocol, _, target = about
    host, port = str(target[0]), target[1]
    peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if peer not in _peers() and not is_public(ip_address(host.partition("%")[0])):
        raise _Inside
    return socket.socket(family, kind, protocol)


async def _bounded(answer: ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(8192):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise AnswerTooLarge(f"It answered with more than {LARGEST_ANSWER:,} bytes")
    return bytes(body)


def _require_public_host(host: str) -> None:
    """A number is written in the usual way only: 2130706433, 0x7f.1 and 0177.1 are 127.0.0.1."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        _require_name(host)
        return
    if "%" in host or not is_public(address):
        raise UnsafeUrl("That address is not on the internet")


def _require_name(host: str) -> None:
    try:
        name = host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        raise UnsafeUrl("That is not the name of a host") from None
    if not _NAME.fullmatch(name) or re.fullmatch(r"\d+|0x[0-9a-f]*", name.rpartition(".")[2]):
        raise UnsafeUrl("That is not the name of a host on the internet")


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return IPv4Address("127.0.0.1") if _is_tunnel(address) else None


def _is_tunnel(address: IPv6Address) -> bool:
    """To wherever its server, or the network it is in, says."""
    marker = int(address) >> 32 & 0xFFFFFFFF
    return bool(address.teredo) or address in _NAT64_LOCAL or marker in _ISATAP


def _peers() -> frozenset[str]:
    """On this machine, and allowed by whoever runs it; nobody's user can say so."""
    return frozenset(listed(settings().outward_loopback))
