from typing import Any

from shared.clients.models import Client

EXAMPLES: dict[type, Any] = {
    Client: {
        "id": "5b0b6a86-6f0e-5d0f-9d2b-0d5f4f1d6a11",
        "name": "Rivera Family",
        "entity_type": "individual",
        "tin_last4": "7834",
        "created_at": "2025-01-06T09:00:00Z",
    },
}
