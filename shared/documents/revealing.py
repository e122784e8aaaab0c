"""Showing a person, who says why, a TIN that was read from a document, or a page with its TINs."""

from uuid import UUID

from shared.compliance import watch
from shared.documents import values, views
from shared.documents.queries import documents, fields
from shared.identity.keys import open_keyring
from shared.identity.permissions import Permission, require
from shared.identity.revealing import Reason, RevealedTin, require_reveal
from shared.platform.actor import Actor
from shared.platform.db import transaction
from shared.platform.errors import NotFound
from shared.platform.messages import Change


class NothingSealed(NotFound):
    """The document has no such field, or what was read there is no TIN."""

    code = "nothing_sealed"
    remedy = "Look at the document's fields: what is not masked needs no revealing"


async def reveal_field(actor: Actor, document_id: UUID, name: str, reason: Reason) -> RevealedTin:
    require(actor, Permission.READ_DOCUMENTS)
    require_reveal(actor)
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
        rows = await fields.list_fields(tx, document_id, document.run)
        row = next((each for each in rows if each.name == name), None)
        tin = values.revealed(await open_keyring(tx), row) if row else None
        if tin is None:
            raise NothingSealed("There is no TIN in that field")
        await tx.record(
            Change(
                action="document.field_revealed",
                subject_id=document_id,
                tin_of=document.client_id,
                detail={"name": name, "reason": reason.reason},
            )
        )
        await watch.note_reveal(tx)
    return RevealedTin(tin=tin)


async def reveal_page(actor: Actor, document_id: UUID, page: int, reason: Reason) -> bytes:
    """The page as PNG, with nothing blacked out."""
    require(actor, Permission.READ_DOCUMENTS)
    require_reveal(actor)
    async with transaction(actor) as tx:
        document = await documents.get_document(tx, document_id)
    png = await views.read_page(actor, document, page, is_masked=False)
    async with transaction(actor) as tx:  # before it is shown, and only if there is one to show
        await tx.record(
            Change(
                action="document.page_revealed",
                subject_id=document_id,
                tin_of=document.client_id,
                detail={"page": page, "reason": reason.reason},
            )
        )
        await watch.note_reveal(tx)
    return png
