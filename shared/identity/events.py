"""What happens to the people of a firm, for whoever listens."""

from typing import ClassVar
from uuid import UUID

from shared.platform.messages import Event


class InvitationSent(Event):
    """The secret is not in it: only whoever invites is told."""

    topic: ClassVar[str] = "invitation.sent"

    invitation_id: UUID

    @property
    def subject_id(self) -> UUID:
        return self.invitation_id


class _OfMember(Event):
    user_id: UUID

    @property
    def subject_id(self) -> UUID:
        return self.user_id


class MemberJoined(_OfMember):
    topic: ClassVar[str] = "member.joined"


class MemberOffboarded(_OfMember):
    topic: ClassVar[str] = "member.offboarded"
