"""What a stopped stack leaves behind: no story under way, a receipt for each blob, no files."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil

from shared.platform.blob import UPLOADS
from tests.chaos.administrator import UPLOADED

DYING_SECONDS = 10
KNOWN = f"SELECT blob, etag FROM known_blobs WHERE function = '{UPLOADED}'"


def stories(state: Path) -> Iterator[str]:
    store = state / "host/durable.sqlite"
    unfinished = "SELECT id, status FROM instances WHERE status <> 'Completed'"
    yield from (f"the story {each} is {status}" for each, status in _rows(store, unfinished))
    waiting = "SELECT receiver FROM messages UNION SELECT instance_id FROM activities"
    yield from (f"{each} has something left to do" for (each,) in _rows(store, waiting))


def receipts(state: Path, uploads: Mapping[str, str]) -> Iterator[str]:
    """The host knows every blob that is there, and has nothing left to deliver."""
    memory = state / "host/host.sqlite"
    known = {blob: etag.strip('"') for blob, etag in _rows(memory, KNOWN)}
    for name, etag in uploads.items():
        if (noted := known.get(f"{UPLOADS}/{name}")) != etag:
            yield f"the host knows {name} as {noted} and it is {etag}"
    for (blob,) in _rows(memory, "SELECT blob FROM messages WHERE NOT is_poison"):
        yield f"{blob} is still to be delivered"


def files(folder: Path) -> Iterator[str]:
    return (f"{each.name} is left of a client's file" for each in folder.glob("advisoros-*"))


def processes(seen: Iterable[psutil.Process]) -> Iterator[str]:
    """Given a moment: they die with the host, not before it."""
    _, left = psutil.wait_procs(list(seen), timeout=DYING_SECONDS)
    for each in left:
        with suppress(psutil.NoSuchProcess):
            if each.status() != psutil.STATUS_ZOMBIE:
                yield f"the reader {each.pid} still runs"


def _rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()
