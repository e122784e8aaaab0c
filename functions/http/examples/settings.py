from typing import Any

from shared.identity.models import OrganizationSettings, SettingsChange

EXAMPLES: dict[type, Any] = {
    OrganizationSettings: {
        "cloud_reading": True,
        "cloud_reading_fallback": True,
        "version": 3,
    },
    SettingsChange: {"cloud_reading": True, "cloud_reading_fallback": True},
}
