"""Which port belongs to which part, and what to say when one is taken."""

import socket
from contextlib import suppress
from dataclasses import dataclass

import psutil

from local.errors import PortTaken, StackError
from local.parts.part import HOST

STRIDE = 100
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Ports:
    """All of them follow from the one that people know."""

    web: int

    @property
    def postgres(self) -> int:
        return self.web + 1

    @property
    def blob(self) -> int:
        """Queue and table come on the two after it."""
        return self.web + 2

    @property
    def oidc(self) -> int:
        return self.web + 5

    @property
    def durable(self) -> int:
        return self.web + 6

    @property
    def valkey(self) -> int:
        return self.web + 7

    def everyone(self) -> range:
        return range(self.web, self.web + 8)

    def require_free(self) -> None:
        if not 0 < self.web <= LAST_PORT - len(self.everyone()):
            raise StackError(f"There is no port {self.web} with seven free ones after it.")
        for port in self.everyone():
            if not _is_free(port):
                raise PortTaken(
                    f"Port {port} is taken{_holder(port)}. Stop that, or choose other ports: "
                    f"--port {self._free_elsewhere()}."
                )

    def _free_elsewhere(self) -> int:
        candidates = range(self.web + STRIDE, self.web + 50 * STRIDE, STRIDE)
        return next(web for web in candidates if all(map(_is_free, Ports(web).everyone())))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    with suppress(psutil.Error):  # other people's processes are not always ours to see
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and tuple(connection.laddr)[1:] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
