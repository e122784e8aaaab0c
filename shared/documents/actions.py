"""What somebody may do with a document now and, when not, why not."""

from collections.abc import Callable, Sequence
from uuid import UUID

from shared.documents.corrections import require_single
from shared.documents.errors import NotCorrectable, ReviewNotOpen
from shared.documents.models import Document
from shared.documents.queries import documents
from shared.identity.actions import Action, action, refusal
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.db import snapshot
from shared.platform.errors import AppError, Conflict


async def list_actions(actor: Actor, document_id: UUID) -> list[Action]:
    """``reveal``: its pages show their TINs."""
    require(actor, Permission.READ_DOCUMENTS)
    async with snapshot(actor) as tx:
        document = await documents.get_document(tx, document_id)
        parts = await documents.list_parts(tx, document_id, document.run)
        file = await documents.get_document(tx, document.parent_id) if document.parent_id else None
    review = _refusal(document, file, ReviewNotOpen, document.require_in_review)
    correct = _refusal(document, file, NotCorrectable, document.require_correctable)
    blocked = {
        "accept": review,
        "reject": review,
        "correct": correct,
        "change_kind": correct or _refusal_of_packet(parts),
        "reread": refusal(document.require_rereadable),
    }
    told = [action(actor, name, Permission.UPDATE_DOCUMENTS, by) for name, by in blocked.items()]
    return [*told, action(actor, "reveal", Permission.REVEAL_TINS)]


def _refusal(
    document: Document,
    file: Document | None,
    by_file: type[Conflict],
    check: Callable[[int], None],
) -> AppError | None:
    """As whoever changes it is told, who has seen it as it is now."""
    of_file = refusal(lambda: document.require_file_settled(file, by_file)) if file else None
    return of_file or refusal(lambda: check(document.version))


def _refusal_of_packet(parts: Sequence[Document]) -> AppError | None:
    return refusal(lambda: require_single(parts))
