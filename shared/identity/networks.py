"""Networks a firm's people may come from."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, Field


def _canonical(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError as error:
        raise ValueError("Not a network in CIDR notation, such as 203.0.113.0/24") from error


Network = Annotated[
    str, Field(max_length=50, pattern=r"^[0-9A-Fa-f.:/]+$"), AfterValidator(_canonical)
]


def is_within(address: str, networks: tuple[str, ...]) -> bool:
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return any(found in ip_network(each) for each in networks)
