"""Asking the cloud reader: only where the firm allows it, once for each run, and never in the way.

Documents leave the deployment and each answer costs money, so an answer is kept sealed as soon as
it is there, and a step that runs again asks nobody.
"""

from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from shared.documents import storage
from shared.documents.queries import documents, fields
from shared.documents.understanding.models import Finding, Part, Severity
from shared.identity.models import OrganizationSettings
from shared.identity.settings import current_settings
from shared.platform.actor import Actor
from shared.platform.crypto import Keyring
from shared.platform.db import Tx, transaction
from shared.vendors.reading import (
    CloudReader,
    CloudReaderMissing,
    CloudReaderUnavailable,
    ModelFields,
    Reading,
)
from shared.vendors.roster import vendors

_FELL_BACK = "read_locally"


class CloudRun(NamedTuple):
    """One run of one document, with its firm's keys."""

    actor: Actor
    keyring: Keyring
    document_id: UUID
    number: int


async def read(chosen: OrganizationSettings, file: Path, images: Path) -> Reading:
    """Read in the cloud if the firm has chosen so, or else with this deployment's reader."""
    if not chosen.cloud_reading:
        return await vendors().reader.read(file, images)
    try:
        return await _cloud().read(file, images)
    except CloudReaderUnavailable as error:
        if not chosen.cloud_reading_fallback:
            raise
        reading = await vendors().reader.read(file, images)
        return reading.model_copy(update={"instead_of_cloud": error.code})


async def understand(run: CloudRun, reading: Reading, part: Part) -> ModelFields | None:
    """What the vendor's model of that kind finds; None where there is none, or none to be had.

    Each time the firm's choice and the run may have changed. Once the run has shown that the cloud
    reader is away, it is not asked again.
    """
    async with transaction(run.actor) as tx:
        chosen = await current_settings(tx)
        document = await documents.get_document(tx, run.document_id)
        is_away = await _has_fallen_back(tx, run)
    if not chosen.cloud_reading or reading.instead_of_cloud or not document.is_read_by(run.number):
        return None
    try:
        return await _understand_once(run, reading, part, is_away=is_away)
    except CloudReaderUnavailable as error:
        if not chosen.cloud_reading_fallback:
            raise
        async with transaction(run.actor) as tx:
            await note_fallback(tx, run.document_id, run.number, error.code)
        return None


async def note_fallback(tx: Tx, document_id: UUID, number: int, code: str) -> None:
    """Say on the document that it was read without the cloud reader, and why."""
    if not (await documents.lock_document(tx, document_id)).is_read_by(number):
        return
    finding = Finding(
        rule=_FELL_BACK,
        severity=Severity.INFO,
        message=f"Read without the cloud reader: {code}",
    )
    await fields.insert_findings(tx, document_id, number, [finding], is_checked=False)


async def _has_fallen_back(tx: Tx, run: CloudRun) -> bool:
    found = await fields.list_findings(tx, run.document_id, run.number)
    return any(each.rule == _FELL_BACK for each in found)


async def _understand_once(
    run: CloudRun, reading: Reading, part: Part, *, is_away: bool
) -> ModelFields | None:
    cloud = _cloud()
    if not cloud.understands(part.kind):
        return None
    sealed = (run.actor, run.keyring, run.document_id, run.number)
    if kept := await storage.find_model_fields(*sealed, part):
        return kept
    if is_away:
        return None
    pages = [page for page in reading.pages if page.number in part.pages]
    async with storage.fetched(run.actor, run.document_id) as (file, _):
        found = await cloud.understand(file, part.kind, pages)
    await storage.keep_model_fields(*sealed, part=part, found=found)
    return found


def _cloud() -> CloudReader:
    cloud = vendors().cloud
    if cloud is None:
        raise CloudReaderMissing("The firm reads in the cloud, and this deployment has none")
    return cloud
