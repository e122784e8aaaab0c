"""What documents announce."""

from typing import ClassVar
from uuid import UUID

from shared.documents.kinds import DocumentKind
from shared.platform.messages import Event


class DocumentEvent(Event):
    document_id: UUID

    @property
    def subject_id(self) -> UUID:
        return self.document_id


class DocumentReceived(DocumentEvent):
    topic: ClassVar[str] = "document.received"


class UploadMissing(DocumentEvent):
    """Announced, and not sent a day after its link has expired."""

    topic: ClassVar[str] = "document.upload_missing"


class UploadVanished(DocumentEvent):
    """Storage has the upload no more; it is expected again."""

    topic: ClassVar[str] = "document.upload_lost"


class UploadReturned(DocumentEvent):
    """The bytes that storage had lost have come again: the document is what it was before."""

    topic: ClassVar[str] = "document.upload_returned"


class DocumentDuplicated(DocumentEvent):
    """The bytes are here already, in ``original_id`` of the same client."""

    topic: ClassVar[str] = "document.duplicated"

    original_id: UUID


class DocumentAccepted(DocumentEvent):
    """Its data can be used; a person decided unless ``by_person`` is false."""

    topic: ClassVar[str] = "document.accepted"

    kind: DocumentKind | None
    by_person: bool


class DocumentRejected(DocumentEvent):
    topic: ClassVar[str] = "document.rejected"

    code: str | None
    by_person: bool


class DocumentFailed(DocumentEvent):
    topic: ClassVar[str] = "document.failed"

    code: str


class FieldCorrected(DocumentEvent):
    topic: ClassVar[str] = "document.field_corrected"

    name: str


class RereadRequested(DocumentEvent):
    topic: ClassVar[str] = "document.reread_requested"


class ReviewRequested(DocumentEvent):
    topic: ClassVar[str] = "review.requested"


class ReviewReminded(DocumentEvent):
    topic: ClassVar[str] = "review.reminded"


class ReviewOverdue(DocumentEvent):
    """Two weeks of silence; the manager hears of it."""

    topic: ClassVar[str] = "review.overdue"
