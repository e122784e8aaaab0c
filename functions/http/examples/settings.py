from typing import Any

from shared.identity.models import OrganizationSettings, SettingsChange, SettingsVersion

EXAMPLES: dict[type, Any] = {
    OrganizationSettings: {
        "cloud_reading": True,
        "cloud_reading_fallback": True,
        "mfa_required": True,
        "session_hours": 12,
        "session_idle_minutes": 30,
        "ip_allow_list": ["203.0.113.0/24"],
        "time_zone": "America/Chicago",
        "locale": "en-US",
        "invitation_days": 7,
        "retention_years": 7,
        "version": 3,
    },
    SettingsChange: {"session_idle_minutes": 30, "effective_from": "2030-01-01T06:00:00Z"},
    SettingsVersion: {
        "number": 3,
        "effective_from": "2030-01-01T06:00:00Z",
        "changes": {"session_idle_minutes": 30},
        "changed_by": "4e8a2d0b-91f7-5b7a-8c1e-2a6d5f3c9e55",
        "changed_at": "2029-12-12T15:04:05Z",
    },
}
