"""What travels between the story and its steps: ids and small verdicts, nothing else."""

from typing import Self
from uuid import UUID

from shared.documents.models import RunToStart
from shared.platform.actor import Actor, system
from shared.platform.messages import Message


class DocumentJob(Message):
    """One run of one document. Ids only: every payload is sent again at every turn."""

    organization_id: UUID
    document_id: UUID
    number: int

    @classmethod
    def of(cls, organization_id: UUID, run: RunToStart) -> Self:
        return cls(organization_id=organization_id, document_id=run.document_id, number=run.number)

    @property
    def actor(self) -> Actor:
        return system(self.organization_id)

    @property
    def instance_id(self) -> str:
        return f"document-{self.document_id}-{self.number}"

    @property
    def decision_event(self) -> str:
        """A name cannot be awaited twice, so each round has its own."""
        return f"reviewed-{self.number}"


class RefusedJob(DocumentJob):
    code: str
    detail: str
