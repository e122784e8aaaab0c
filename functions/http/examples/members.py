from typing import Any

from shared.identity.actions import Action
from shared.identity.models import Leaving, Member, MemberChange, Offboarding

_USER_ID = "8d5b0f0a-2f6e-5f0d-8a3c-3f1a8c0b7e22"
_SUCCESSOR_ID = "b3a1f4de-77c1-5d3e-9a55-0b8f6f9d4c33"

EXAMPLES: dict[type, Any] = {
    Member: {
        "id": _USER_ID,
        "email": "sofia@demo.test",
        "name": "Sofia Staff",
        "role": "staff",
        "client_id": None,
        "state": "active",
        "practice_area": "tax",
        "skills": ["1040", "multi-state"],
        "weekly_hours": 40,
        "version": 3,
        "joined_at": "2025-01-06T09:00:00Z",
    },
    MemberChange: {"role": "cpa", "practice_area": "tax", "weekly_hours": None},
    Leaving: {
        "successor_id": _SUCCESSOR_ID,
        "statement": "Laptop returned, client files handed over on 31 January.",
    },
    Offboarding: {
        "id": "0c9d5a58-6f0e-4a3e-8a57-7f1f4d7d1a44",
        "user_id": _USER_ID,
        "successor_id": _SUCCESSOR_ID,
        "attested_by": "4e8a2d0b-91f7-5b7a-8c1e-2a6d5f3c9e55",
        "statement": "Laptop returned, client files handed over on 31 January.",
        "handed_over": {
            "engagement_roles": 4,
            "invitations": 1,
            "sessions_ended": 2,
            "api_keys_revoked": 0,
        },
        "attested_at": "2025-01-31T17:00:00Z",
    },
    Action: {
        "name": "suspend",
        "allowed": False,
        "code": "last_owner",
        "reason": "Olivia Owner is the last owner of the firm",
    },
}
