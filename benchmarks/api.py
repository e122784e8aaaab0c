"""Routes of ours against the same routes bare: python -m benchmarks.api.

Asked over kept connections, each server in turn: a client, through the functions host and through
our API on uvicorn alone, beside FastAPI and psycopg with nothing around them; a W-2, through the
host; and lists of clients of a firm of a thousand and of a million. Ratios are of the medians of
requests a second; beside them the processor time a request costs the server, which hangs less on
what else the machine does. The limits are set so high that nobody meets them: they count all the
same.
"""

import asyncio
import json
import sys
import urllib.request
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack
from uuid import UUID

import psutil
import psycopg

from benchmarks.figures import Figure, tell
from benchmarks.running import RunningStack, a_folder, a_new_stack
from benchmarks.serving import Side, compare, get, uvicorn
from local import database
from local.demo import FIRMS, Firm
from local.parts.part import HOST
from local.parts.postgres import Postgres
from local.samples import make_many

BARE_PORT, ALONE_PORT = 21820, 21821
SMALL, LARGE = 1_000, 1_000_000
LIMIT = "100000/minute"
LIMITS = {f"RATE_LIMIT_{who}": LIMIT for who in ("IP", "USER", "ORGANIZATION", "API_KEY")}
HOST_AIM, ALONE_AIM, ADDED_AIM, GROWTH_AIM = 0.5, 0.6, 2.0, 1.5
LISTS = {
    "first page": "?limit=50",
    "by state": "?state=active&limit=50",
    "by name": "?search=client%2012&limit=50",
    "page 3": "?limit=50&cursor=",
}

# A client's name is unlike the others', as names are; a thousand of them are of every size of firm.
CLIENTS = """
    INSERT INTO clients (organization_id, name)
    SELECT %s, 'Client ' || (n::bigint * 7919) %% 10000000 FROM generate_series(1, %s) AS n
"""


def measure() -> list[Figure]:
    with ExitStack() as stack:
        folder = stack.enter_context(a_folder())
        running = stack.enter_context(a_new_stack(LIMITS))
        large, small = FIRMS
        _grow(running, {large: LARGE, small: SMALL})
        (sample,) = make_many(folder, 1, seed=3)
        (read,) = running.read([sample.path])
        settings = running.part("host").environ() | {"OPEN_ORGANIZATION": str(large.id)}
        bare = stack.enter_context(uvicorn("benchmarks.bare:app", BARE_PORT, settings))
        alone = stack.enter_context(uvicorn("benchmarks.alone:app", ALONE_PORT, settings))
        servers = Servers(running, bare, alone)
        return [
            *_one_client(servers, large),
            *_one_document(servers, read["document_id"]),
            *_lists(servers, large, small),
        ]


class Servers:
    def __init__(self, running: RunningStack, bare: psutil.Process, alone: psutil.Process) -> None:
        self._running = running
        self._bare = bare
        self._alone = alone
        self.tokens = {firm: running.token(firm.owner.email) for firm in FIRMS}

    def host(self, request: bytes) -> Side:
        return Side(self._running.ports.web, self._running.part("host"), request)

    def bare(self, request: bytes) -> Side:
        return Side(BARE_PORT, self._bare, request)

    def alone(self, request: bytes) -> Side:
        return Side(ALONE_PORT, self._alone, request)


def _grow(running: RunningStack, sizes: Mapping[Firm, int]) -> None:
    url = Postgres(running.state / "postgres", running.ports.postgres).url(database.NAME)
    with psycopg.connect(url, autocommit=True) as admin:
        for firm, size in sizes.items():
            admin.execute(CLIENTS, (firm.id, size))
        admin.execute("VACUUM (ANALYZE) clients")


def _one_client(servers: Servers, firm: Firm) -> Generator[Figure]:
    client_id: UUID = firm.client_id(firm.clients[0].name)
    request = get(f"/api/v1/clients/{client_id}", servers.tokens[firm])
    for connections in (1, 32):
        host, alone, bare = servers.host(request), servers.alone(request), servers.bare(request)
        unasked = servers.bare(get(f"/open/clients/{client_id}", servers.tokens[firm]))
        asyncio.run(compare([host, alone, bare, unasked], connections))
        aim = ALONE_AIM if connections > 1 else None
        yield _ratio("`GET /clients/{id}`, our API alone", alone, bare, connections, aim)
        yield _ratio("`GET /clients/{id}`, through the host", host, bare, connections, None)
        yield _costs("`GET /clients/{id}`", [host, alone, bare], connections)
        if connections == 1:
            yield Figure.at_most(
                "`GET /clients/{id}`, our API alone, longer than a route that asks nothing, median",
                alone.latency - unasked.latency,
                ADDED_AIM,
                "{:.2f} ms",
                f"{alone.latency:.2f} : {unasked.latency:.2f} ms",
            )


def _one_document(servers: Servers, document_id: str) -> Generator[Figure]:
    request = get(f"/api/v1/documents/{document_id}", servers.tokens[FIRMS[0]])
    for connections in (1, 32):
        host, bare = servers.host(request), servers.bare(request)
        asyncio.run(compare([host, bare], connections))
        name = "`GET /documents/{id}`, through the host"
        yield _ratio(name, host, bare, connections, HOST_AIM)
        yield _costs("`GET /documents/{id}`", [host, bare], connections)


def _lists(servers: Servers, large: Firm, small: Firm) -> Generator[Figure]:
    """Through our API alone, for the host would add the same to both."""
    for name, query in LISTS.items():
        sides: list[Side] = []
        for firm in (large, small):
            token = servers.tokens[firm]
            path = f"/api/v1/clients{query}{_third(token) if query.endswith('=') else ''}"
            sides.append(servers.alone(get(path, token)))
        asyncio.run(compare(sides, 1))
        of_large, of_small = sides
        yield Figure.at_most(
            f"`GET /clients`, {name}, {LARGE:,} : {SMALL:,} clients, median latency",
            of_large.latency / of_small.latency,
            GROWTH_AIM,
            "{:.2f}",
            f"{of_large.latency:.2f} ms : {of_small.latency:.2f} ms",
        )


def _third(token: str) -> str:
    """The cursor of the third page of fifty."""
    cursor = ""
    for _ in range(2):
        url = f"http://{HOST}:{ALONE_PORT}/api/v1/clients?limit=50{cursor and '&cursor='}{cursor}"
        asked = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked) as answer:  # noqa: S310 - ours
            cursor = json.load(answer)["next"]
    return cursor


def _ratio(name: str, ours: Side, bare: Side, connections: int, aim: float | None) -> Figure:
    what = f"{name} : bare FastAPI, {_lines(connections)}, requests/s"
    ratio, note = ours.rate / bare.rate, f"{ours.rate:.0f} : {bare.rate:.0f}"
    if aim is None:
        return Figure(what, f"{ratio:.2f} ({note})")
    return Figure.at_least(what, ratio, aim, "{:.2f}", note)


def _costs(name: str, sides: Sequence[Side], connections: int) -> Figure:
    costs = " : ".join(f"{side.cost:.2f}" for side in sides)
    return Figure(f"{name}, CPU of each server, {_lines(connections)}", f"{costs} ms")


def _lines(connections: int) -> str:
    return f"{connections} connection{'s' if connections > 1 else ''}"


if __name__ == "__main__":
    sys.exit(tell(measure()))
