from typing import Any

from shared.compliance.models import AuditEntry, Verification

HEAD = "412-" + "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

EXAMPLES: dict[type, Any] = {
    AuditEntry: {
        "id": 90412,
        "entity": "client",
        "action": "client.tin_revealed",
        "subject_id": "5b0b6a86-6f0e-5d0f-9d2b-0d5f4f1d6a11",
        "tin_of": "5b0b6a86-6f0e-5d0f-9d2b-0d5f4f1d6a11",
        "user_id": "0b8f4a55-8f2e-5a43-9a58-6a3f8d8a2f10",
        "role": "cpa",
        "session_id": "3f0d5a2e-1c55-5f2c-8a7e-0d6b1b5d9c21",
        "api_key_id": None,
        "detail": {"reason": "To prepare Form 8879"},
        "before": None,
        "after": None,
        "request_id": "0d9a6d1c-7c6b-4b51-9b8e-8e2f0b1c7a55",
        "ip": "203.0.113.7",
        "user_agent": "Mozilla/5.0",
        "recorded_at": "2025-02-03T15:04:05.123456Z",
    },
    Verification: {
        "is_intact": True,
        "broken": None,
        "seals": 412,
        "entries": 20617,
        "archived": 0,
        "head": HEAD,
        "next": None,
        "tail": {"count": 3, "since": "2025-02-03T15:04:05.123456Z", "is_overdue": False},
    },
}
