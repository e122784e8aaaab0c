"""Each file's way: announced, sent, followed until its story has ended. It waits for no person."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from local.errors import StackError
from local.reading.api import Api, Refused
from local.reading.outcome import Json, Outcome, outcome_of

UNDER_WAY = {"expected", "received", "processing"}
READ = {"accepted", "needs_review"}
LOST = "upload_lost"
AT_ONCE = 4
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
PATIENCE = 0.15  # of the time waited so far, between two looks
SILENT_SECONDS = 900  # the sweep takes up a story that has gone silent well before


async def read_files(
    api: Api,
    files: Sequence[str],
    *,
    force: bool,
    done: Callable[[], None],
    tell: Callable[[Outcome], None],
) -> list[Outcome]:
    """`done` hears of each file as it ends; `tell` hears in the order of the arguments."""
    slots = asyncio.Semaphore(AT_ONCE)
    client_id = asyncio.create_task(api.first_client_id())

    async def read(file: str) -> Outcome:
        async with slots:
            outcome = await read_file(api, client_id, file, force=force)
        done()
        return outcome

    try:
        async with asyncio.TaskGroup() as group:
            reading = [group.create_task(read(file)) for file in files]
            for task in reading:
                tell(await task)
    except* StackError as failures:  # nobody could sign in: it concerns every file
        raise failures.exceptions[0] from None
    return [task.result() for task in reading]


async def read_file(api: Api, client_id: Awaitable[str], file: str, *, force: bool) -> Outcome:
    """Whatever goes wrong with one file is its own outcome; the others go on."""
    began = time.monotonic()

    def since() -> float:
        return round(time.monotonic() - began, 2)

    try:
        document, was_there = await _see_through(api, await client_id, Path(file))
        document_id, shown = document["id"], document
        if document["duplicate_of"]:
            shown = await _follow(api, document["duplicate_of"])
        elif was_there and force:
            await api.reread(document_id)
            document = shown = await _follow(api, document_id)
        elif was_there and document["state"] in READ:
            document = {**document, "state": "duplicate", "code": None}
    except OSError:
        return Outcome(file=file, state="failed", code="file_unreadable", seconds=since())
    except Refused as refused:
        state = "rejected" if refused.is_verdict else "failed"
        return Outcome(file=file, state=state, code=refused.code, seconds=since())
    if document["state"] in UNDER_WAY:
        document |= {"state": "failed", "code": "no_result_in_time"}
    return outcome_of(file, document, shown=shown, seconds=since())


async def _see_through(api: Api, client_id: str, path: Path) -> tuple[Json, bool]:
    """The document, and whether its bytes were there already; what storage loses is sent again."""
    while True:
        document_id, was_there = await _send(api, client_id, path)
        document = await _follow(api, document_id)
        if document["code"] != LOST:
            return document, was_there


async def _send(api: Api, client_id: str, path: Path) -> tuple[str, bool]:
    """The document's id, and whether the bytes were there already."""
    upload = await api.announce(client_id, path)
    if not upload["already_received"]:
        await api.put(upload, path)
    return upload["document_id"], upload["already_received"]


async def _follow(api: Api, document_id: str) -> Json:
    """The document once its newest run has ended, or as it stands when it has gone silent."""
    began = changed_at = time.monotonic()
    seen = None
    while True:
        document = await api.document(document_id)
        if _has_ended(document) or document["code"] == LOST:
            return document
        if document["version"] != seen:
            seen, changed_at = document["version"], time.monotonic()
        if time.monotonic() - changed_at > SILENT_SECONDS:
            return document
        pause = PATIENCE * (time.monotonic() - began)
        await asyncio.sleep(min(max(pause, SHORTEST_PAUSE), LONGEST_PAUSE))


def _has_ended(document: Json) -> bool:
    newest = max(document["runs"], key=lambda run: run["number"], default=None)
    return document["state"] not in UNDER_WAY and (newest is None or bool(newest["finished_at"]))
