from typing import Any

from shared.identity.models import FeatureFlag, FlagChange

EXAMPLES: dict[type, Any] = {
    FeatureFlag: {
        "name": "document_search",
        "enabled": True,
        "expires_at": "2025-06-30T00:00:00Z",
        "note": "Trying it out during the busy season",
        "version": 1,
        "is_on": True,
        "default": False,
    },
    FlagChange: {"enabled": True, "expires_at": "2025-06-30T00:00:00Z"},
}
