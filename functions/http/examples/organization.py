from typing import Any

from shared.compliance.models import Erasure
from shared.identity.models import NewOwner, Organization, OrganizationChange

EXAMPLES: dict[type, Any] = {
    Organization: {
        "id": "1f4b6c0e-3a52-4d0c-9a6e-6f0f6f2f1c11",
        "name": "Demo & Partners CPAs",
        "plan": "professional",
        "plan_ends_at": None,
        "state": "active",
        "version": 4,
        "created_at": "2025-01-06T09:00:00Z",
        "features": ["quickbooks"],
        "limits": {"clients": 100, "users": 25, "storage_bytes": 268435456000},
    },
    OrganizationChange: {"name": "Demo & Partners, Certified Public Accountants"},
    Erasure: {"name": "Demo & Partners CPAs", "reason": "The firm has closed for good."},
    NewOwner: {"user_id": "8d5b0f0a-2f6e-5f0d-8a3c-3f1a8c0b7e22"},
}
