from typing import Any

from shared.identity.models import FeatureFlag, FlagChange

EXAMPLES: dict[type, Any] = {
    FeatureFlag: {
        "name": "client_portal",
        "enabled": True,
        "expires_at": "2099-06-30T00:00:00Z",
        "note": "Open for this tax season",
        "version": 1,
        "is_on": True,
        "default": True,
    },
    FlagChange: {"enabled": True, "expires_at": "2099-06-30T00:00:00Z"},
}
