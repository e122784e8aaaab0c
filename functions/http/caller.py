"""From where a request came, as the proxies in front of us tell it."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def address(forwarded_for: str, hops: int) -> tuple[str, int] | None:
    """Each proxy of ours adds at the end whom it heard; what stands before that, anybody wrote."""
    entries = [each.strip() for each in forwarded_for.split(",") if each.strip()]
    if not entries:
        return None
    entry = entries[-min(hops, len(entries))]
    return _bare(entry) or _with_port(entry)


def _bare(entry: str) -> tuple[str, int] | None:
    try:
        return str(ip_address(entry.strip("[]"))), 0
    except ValueError:
        return None


def _with_port(entry: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(f"//{entry}")
        return str(ip_address(parts.hostname or "")), parts.port or 0
    except ValueError:
        return None
