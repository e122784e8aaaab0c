from typing import Any

from shared.compliance.models import SecurityEvent

EXAMPLES: dict[type, Any] = {
    SecurityEvent: {
        "id": 118,
        "kind": "mass_reveal",
        "subject_id": "0b8f4a55-8f2e-5a43-9a58-6a3f8d8a2f10",
        "user_id": "0b8f4a55-8f2e-5a43-9a58-6a3f8d8a2f10",
        "session_id": "3f0d5a2e-1c55-5f2c-8a7e-0d6b1b5d9c21",
        "api_key_id": None,
        "detail": {"count": 21},
        "request_id": "0d9a6d1c-7c6b-4b51-9b8e-8e2f0b1c7a55",
        "ip": "203.0.113.7",
        "user_agent": "Mozilla/5.0",
        "occurred_at": "2025-02-03T15:04:05.123456Z",
        "meaning": "A member had an unusual number of TINs shown within an hour.",
    },
}
