"""What travels between the story and its steps: ids and small verdicts, nothing else."""

from uuid import UUID

from shared.platform.actor import Actor, system
from shared.platform.messages import Message

BROKE_OFF = "The work broke off on our side; ask for it anew"


class OperationJob(Message):
    organization_id: UUID
    operation_id: UUID

    @property
    def actor(self) -> Actor:
        return system(self.organization_id)

    @property
    def instance_id(self) -> str:
        return f"operation-{self.operation_id}"


class FailedOperation(OperationJob):
    code: str
    detail: str


class Advanced(Message):
    is_unfinished: bool
