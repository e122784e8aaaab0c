"""What lists cost when a firm grows a thousandfold: python -m benchmarks.growth.

One PostgreSQL, a firm with 1,000 documents, one with 1,000,000, and others beside them. Every list
runs as the product runs it, as role app under the policies, its first page and pages from anywhere
in the list, in the small firm and the large one in turn. The medians are compared.
"""

import asyncio
import base64
import os
import random
import secrets
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

from benchmarks.figures import Figure, tell
from benchmarks.firms import FIRST, YEARS, SizedFirm, found
from benchmarks.running import a_folder
from local import database
from local.parts.postgres import Postgres
from local.state import State
from shared.clients.clients import BY_NAME
from shared.clients.models import ClientFilter, ClientKey
from shared.clients.queries import clients
from shared.documents import sweep, views
from shared.documents.kinds import DocumentKind
from shared.documents.models import DocumentKey, DocumentState
from shared.documents.queries import lists
from shared.documents.queries.lists import Filters
from shared.platform import db
from shared.platform.actor import system
from shared.platform.db import Tx
from shared.platform.paging import Asked, Item, Key, Listing, Window

PORT = 21840
SMALL, LARGE = 1_000, 1_000_000
OTHERS, OTHER = 20, 5_000
WARM_UP, REPEATS = 10, 120
LIMIT = 11  # a page that the small firm can fill too, whatever the filters
AIM = 1.5
UNUSED = {
    "TOKEN_ISSUER": "https://unused.test",
    "TOKEN_AUDIENCE": "unused",
    "TOKEN_JWKS_URL": "https://unused.test/jwks",
    "DOCUMENTS_STORAGE": "unused",
    "KEY_VAULT_KEY_ID": "https://unused.test/keys/unused/1",
    "CURSOR_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
}

Ask: TypeAlias = Callable[[Tx, SizedFirm], Awaitable[object]]


def measure() -> list[Figure]:
    with ExitStack() as stack:
        folder = stack.enter_context(a_folder())
        state = State(folder / "state")
        state.make()
        postgres = Postgres(folder / "postgres", PORT, fast=True)
        stack.callback(postgres.remove)
        postgres.start()
        database.set_up(state, postgres)
        small, large = SizedFirm(SMALL), SizedFirm(LARGE)
        others = [SizedFirm(OTHER) for _ in range(OTHERS)]
        found(postgres.url(database.NAME), [*others, small, large])
        os.environ.update(UNUSED)
        os.environ["DATABASE_URL"] = database.login(state, postgres, "app")
        return asyncio.run(_compare(small, large))


async def _compare(small: SizedFirm, large: SizedFirm) -> list[Figure]:
    try:
        medians = {name: await _in_turn(ask, small, large) for name, ask in _asks().items()}
    finally:
        await db.pool().close()
    return list(figures_of(medians))


async def _in_turn(ask: Ask, small: SizedFirm, large: SizedFirm) -> tuple[float, float]:
    """The median milliseconds of each firm."""
    took = [
        (await _milliseconds(ask, small), await _milliseconds(ask, large))
        for _ in range(WARM_UP + REPEATS)
    ]
    of_small, of_large = zip(*took[WARM_UP:], strict=True)
    return statistics.median(of_small), statistics.median(of_large)


async def _milliseconds(ask: Ask, firm: SizedFirm) -> float:
    async with db.transaction(system(firm.id)) as tx:
        began = time.perf_counter()
        await ask(tx, firm)
        return (time.perf_counter() - began) * 1000


def figures_of(medians: Mapping[str, tuple[float, float]]) -> Iterator[Figure]:
    """For each list the worst of its filters."""
    for group in dict.fromkeys(name.partition(": ")[0] for name in medians):
        of_group = {name: took for name, took in medians.items() if name.startswith(f"{group}: ")}
        worst = max(of_group, key=lambda name: ratio(of_group[name]))
        small, large = of_group[worst]
        yield Figure.at_most(
            f"{group}, {LARGE:,} : {SMALL:,} documents, worst of {len(of_group)}",
            ratio(of_group[worst]),
            AIM,
            "{:.2f}",
            f"{worst.partition(': ')[2]}: {large:.2f} ms : {small:.2f} ms",
        )


def ratio(medians: tuple[float, float]) -> float:
    small, large = medians
    return large / small


def _asks() -> dict[str, Ask]:
    return {**_of_documents(), **_of_others()}


def _of_documents() -> dict[str, Ask]:
    asks: dict[str, Ask] = {}
    for filters in Filters:
        given = filters.name.lower().replace("_", ", ")
        asks[f"documents, first page: {given}"] = _list_of(filters, is_deep=False)
        asks[f"documents, any page: {given}"] = _list_of(filters, is_deep=True)
    return asks


def _of_others() -> dict[str, Ask]:
    asks: dict[str, Ask] = {
        "review queue: first page": lambda tx, _: lists.list_to_review(
            tx, _first(views.LONGEST_WAIT_FIRST, tx)
        ),
        "review queue: any page": lambda tx, _: lists.list_to_review(
            tx, replace(_first(views.LONGEST_WAIT_FIRST, tx), key=_anywhere())
        ),
        "clients: first page": lambda tx, _: clients.list_clients(
            tx, _first(BY_NAME, tx), ClientFilter()
        ),
        "clients: any page": lambda tx, _: clients.list_clients(
            tx, replace(_first(BY_NAME, tx), key=_any_client()), ClientFilter()
        ),
        "sweep: firms that are due": lambda _, __: sweep.list_organizations_due(),
        "sweep: uploads without an event": lambda _, firm: sweep.receive_unannounced(firm.id),
        "sweep: silent runs": lambda _, firm: sweep.list_silent_runs(firm.id),
        "sweep: unread decisions": lambda _, firm: sweep.list_unread_decisions(firm.id),
    }
    return asks


def _list_of(filters: Filters, *, is_deep: bool) -> Ask:
    has_client, has_state, has_kind = filters.value

    async def ask(tx: Tx, firm: SizedFirm) -> None:
        first = _first(views.NEWEST_FIRST, tx)
        await lists.list_documents(
            tx,
            replace(first, key=_anywhere()) if is_deep else first,
            client_id=firm.client_id if has_client else None,
            state=DocumentState.ACCEPTED if has_state else None,
            kind=DocumentKind.W2 if has_kind else None,
        )

    return ask


def _first(listing: Listing[Item, Key], tx: Tx) -> Window[Item, Key]:
    return listing.window(tx.actor, Asked(limit=LIMIT - 1))


def _anywhere() -> DocumentKey:
    """Not so near the ends that the small firm's page would not be full."""
    return DocumentKey(at=FIRST + YEARS * random.uniform(0.4, 0.85), id=UUID(int=0))  # noqa: S311


def _any_client() -> ClientKey:
    return ClientKey(name=f"Client {random.randrange(10, 60)}", id=UUID(int=0))  # noqa: S311


if __name__ == "__main__":
    sys.exit(tell(measure()))
