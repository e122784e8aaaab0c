from typing import Any

from shared.identity.actions import Action
from shared.operations.models import Operation

_ID = "4f6f0a34-6c0b-4d0e-9d2b-0d5f4f1d6a22"

EXAMPLES: dict[type, Any] = {
    Action: {
        "name": "cancel",
        "allowed": False,
        "code": "operation_ended",
        "reason": "The operation has succeeded",
    },
    Operation: {
        "id": _ID,
        "kind": "clients_export",
        "state": "succeeded",
        "user_id": "0c9e5b86-6f0e-5d0f-9d2b-0d5f4f1d6a33",
        "done": 1250,
        "total": 1250,
        "result": {
            "file": f"/api/v1/exports/{_ID}/file",
            "format": "xlsx",
            "rows": 1250,
            "bytes": 81234,
        },
        "code": None,
        "detail": None,
        "cancel_requested_at": None,
        "created_at": "2025-02-03T15:04:05Z",
        "started_at": "2025-02-03T15:04:06Z",
        "progressed_at": "2025-02-03T15:04:09Z",
        "finished_at": "2025-02-03T15:04:09Z",
        "version": 4,
        "percent": 100,
        "eta": None,
    },
}
