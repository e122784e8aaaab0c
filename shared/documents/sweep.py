"""What a lost event, a lost blob or a crash has left behind, firm by firm."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from shared.documents import intake, losses, masking, processing, storage
from shared.documents.errors import UploadLost
from shared.documents.models import Document, DocumentState, RunToStart
from shared.documents.queries import documents, reviews, runs, uploads
from shared.documents.thresholds import GIVEN_UP_AFTER
from shared.platform.actor import Actor, system
from shared.platform.db import Tx, transaction
from shared.platform.errors import AppError
from shared.platform.settings import settings
from shared.platform.turns import each_in_turn
from shared.vendors.reading import CloudReaderRefusedFile, CloudReaderUnavailable

PAGE = 500
NOTHING = RunToStart(document_id=UUID(int=0), number=0)
STANDS_ON_ITS_UPLOAD = frozenset(
    {DocumentState.ACCEPTED, DocumentState.NEEDS_REVIEW, DocumentState.FAILED}
)

log = logging.getLogger(__name__)

ListPage = Callable[[Tx, RunToStart, int], Awaitable[list[RunToStart]]]
Begin = Callable[[RunToStart], Awaitable[None]]


async def list_organizations_due() -> list[UUID]:
    return [due.organization_id for due in await reviews.list_organizations_due()]


async def receive_unannounced(
    organization_id: UUID, begin: Begin | None = None
) -> list[RunToStart]:
    """Blobs that have arrived although no event said so; announcements nobody kept are given up.

    A run begins before the next blob is asked for, and one nobody could ask for is not given up.
    """
    after = timedelta(seconds=settings().sweep_unannounced_after)
    found: list[RunToStart] = []
    asked: set[UUID] = set()
    with each_in_turn("Some blobs could not be received") as turn:
        for each in await _all(organization_id, partial(uploads.list_awaited, announced_for=after)):
            with turn():
                run = await intake.receive_blob(organization_id, each.document_id)
                asked.add(each.document_id)
                if run:
                    found.append(run)
                if run and begin:
                    await begin(run)
        late = partial(uploads.list_awaited, announced_for=GIVEN_UP_AFTER)
        for each in await _all(organization_id, late):
            if each.document_id in asked:
                with turn():
                    await losses.give_up(system(organization_id), each.document_id, GIVEN_UP_AFTER)
    return found


async def list_silent_runs(organization_id: UUID) -> list[RunToStart]:
    """Runs that began a while ago and have not ended; their stories may never have begun."""
    silent_for = timedelta(seconds=settings().sweep_silent_after)
    return await _all(organization_id, partial(runs.list_silent_runs, silent_for=silent_for))


async def list_unread_decisions(organization_id: UUID) -> list[RunToStart]:
    """Rounds a person has decided while the story that waits was not woken."""
    return await _all(organization_id, reviews.list_unread_decisions)


async def close_decision(organization_id: UUID, decided: RunToStart) -> None:
    """The story has ended without reading it: the decision stands, and nobody waits."""
    async with transaction(system(organization_id)) as tx:
        await reviews.mark_read(tx, decided.document_id, decided.number)


async def check_blobs(organization_id: UUID) -> None:
    """Ask once, soon after a run has ended, whether storage still has what the run stands on."""
    ended_for = timedelta(seconds=settings().sweep_recheck_after)
    unchecked = partial(runs.list_unchecked, ended_for=ended_for)
    with each_in_turn("Some blobs could not be checked") as turn:
        for ended in await _all(organization_id, unchecked):
            with turn():
                await _check(system(organization_id), ended.document_id, ended.number)


async def _check(actor: Actor, document_id: UUID, number: int) -> None:
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
        run = await runs.get_run(tx, document_id, number)
        pages = [row.page for row in await runs.list_pages(tx, document_id, number)]
    is_lost = is_young = False
    if _stands(document, number):
        is_lost = not await storage.has_upload(actor, document_id)
        if not is_lost and run.reader and document.state is not DocumentState.FAILED:
            try:
                is_young = await _restore(actor, document_id, number, pages)
            except UploadLost:  # since it was asked for
                is_lost = True
    async with transaction(actor) as tx:
        document = await documents.lock_document(tx, document_id)
        if is_lost and _stands(document, number):
            await losses.note_lost(tx, document)
        if not is_young:
            await runs.mark_checked(tx, document_id, number)


async def _restore(actor: Actor, document_id: UUID, number: int, pages: list[int]) -> bool:
    """What was made of the file is made again; values and corrections stay as they are.

    True when it was: it may be lost like the first, so the next sweep looks again.
    """
    if await storage.has_derived(actor, document_id, number, pages):
        return False
    try:
        await processing.read_again(actor, document_id, number)
        await masking.mask_pages(actor, document_id, number)
    except AppError as error:
        if error.retryable or _is_for_now(error):
            raise
        log.warning("run %s of document %s lacks its page images", number, document_id)
    return await storage.has_derived(actor, document_id, number, pages)


def _is_for_now(error: AppError) -> bool:
    """A lost upload may come again, and a cloud reader come back; what it refuses stays refused."""
    if isinstance(error, CloudReaderRefusedFile):
        return False
    return isinstance(error, UploadLost | CloudReaderUnavailable)


def _stands(document: Document, number: int) -> bool:
    return document.run == number and document.state in STANDS_ON_ITS_UPLOAD


async def _all(organization_id: UUID, list_page: ListPage) -> list[RunToStart]:
    """Page by page, so that what is stuck does not stand before what is not."""
    found, page = [NOTHING], [NOTHING] * PAGE
    while len(page) == PAGE:
        async with transaction(system(organization_id)) as tx:
            page = await list_page(tx, found[-1], PAGE)
        found += page
    return found[1:]
