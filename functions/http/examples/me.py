from typing import Any

from shared.identity.access_models import Me, MyOrganization

FIRM = {"id": "2f1f6f0e-5d0f-5d2b-9d5f-4f1d6a115b0b", "name": "Demo & Partners CPAs"}

EXAMPLES: dict[type, Any] = {
    Me: {
        "user": {
            "id": "7a1d7a0c-6b0d-5a39-9d4a-0f3c2b1e4d22",
            "name": "Sofia Staff",
            "email": "staff@demo.test",
        },
        "organization": FIRM | {"plan": "enterprise"},
        "role": "staff",
        "client_id": None,
        "permissions": ["clients:read", "documents:read"],
        "session_id": "9b8e8e2f-0b1c-5a55-8d9a-6d1c7c6b4b51",
        "api_key_id": None,
        "has_second_factor": True,
    },
    MyOrganization: FIRM | {"role": "staff", "is_active": True},
}
