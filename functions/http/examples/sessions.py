from typing import Any

from shared.identity.access_models import Session

EXAMPLES: dict[type, Any] = {
    Session: {
        "id": "9b8e8e2f-0b1c-5a55-8d9a-6d1c7c6b4b51",
        "user_id": "7a1d7a0c-6b0d-5a39-9d4a-0f3c2b1e4d22",
        "ip": "203.0.113.7",
        "user_agent": "Mozilla/5.0 (Macintosh) Firefox/135.0",
        "started_at": "2025-01-06T09:00:00Z",
        "last_seen_at": "2025-01-06T11:30:00Z",
        "ended_at": None,
        "end_reason": None,
    },
}
