"""What operations announce."""

from typing import ClassVar
from uuid import UUID

from shared.operations.models import OperationState
from shared.platform.messages import Event


class OperationFinished(Event):
    """It has succeeded, failed or been cancelled."""

    topic: ClassVar[str] = "operation.finished"

    operation_id: UUID
    kind: str
    state: OperationState

    @property
    def subject_id(self) -> UUID:
        return self.operation_id
