from typing import Any

from shared.identity.access_models import ApiKey, ApiKeyChange, IssuedKey, NewApiKey, Rotation

KEY = {
    "id": "0d6f2c1e-54a5-5b2c-8f0e-8f5f5c0a7b11",
    "name": "Nightly client import",
    "prefix": "4kQ0vZ9sTb1x",
    "user_id": "7a1d7a0c-6b0d-5a39-9d4a-0f3c2b1e4d22",
    "made_by": "7a1d7a0c-6b0d-5a39-9d4a-0f3c2b1e4d22",
    "scopes": ["clients:create", "clients:read"],
    "created_at": "2025-01-06T09:00:00Z",
    "expires_at": "2036-01-06T09:00:00Z",
    "last_used_at": "2025-03-01T02:00:00Z",
    "previous_until": None,
    "revoked_at": None,
    "version": 1,
}

EXAMPLES: dict[type, Any] = {
    ApiKey: KEY,
    IssuedKey: KEY | {"secret": "aos_live_4kQ0vZ9sTb1x_<secret, shown once>"},
    NewApiKey: {
        "name": "Nightly client import",
        "scopes": ["clients:create", "clients:read"],
        "expires_at": "2036-01-06T09:00:00Z",
    },
    ApiKeyChange: {"scopes": ["clients:read"], "expires_at": None},
    Rotation: {"overlap_hours": 24},
}
