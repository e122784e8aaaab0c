from typing import Any

from shared.identity.models import Acceptance, Invitation, NewInvitation, SentInvitation

_INVITATION: dict[str, Any] = {
    "id": "5e1f7a90-4c1d-4d52-9f6b-1d2f3a4b5c66",
    "email": "nora@demo.test",
    "name": "Nora New",
    "role": "cpa",
    "client_id": None,
    "state": "open",
    "expires_at": "2025-02-10T09:00:00Z",
    "invited_by": "4e8a2d0b-91f7-5b7a-8c1e-2a6d5f3c9e55",
    "accepted_by": None,
    "created_at": "2025-02-03T09:00:00Z",
}
_SHOWN_ONCE = "aos_inv_shown-once-and-never-again"

EXAMPLES: dict[type, Any] = {
    Invitation: _INVITATION,
    SentInvitation: _INVITATION | {"secret": _SHOWN_ONCE},
    NewInvitation: {"email": "nora@demo.test", "name": "Nora New", "role": "cpa"},
    Acceptance: {"secret": _SHOWN_ONCE},
}
