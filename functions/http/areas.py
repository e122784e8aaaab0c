"""The areas of the API; each is a module of this package with a ``router``."""

from azure.durable_functions import Blueprint

from functions.http.bridge import area

AREAS = {
    "audit": "v1/audit/{*path}",
    "api_keys": "v1/api-keys/{*path}",
    "clients": "v1/clients/{*path}",
    "documents": "v1/documents/{*path}",
    "exports": "v1/exports/{*path}",
    "feature_flags": "v1/feature-flags/{*path}",
    "health": "health",
    "invitations": "v1/invitations/{*path}",
    "me": "v1/me/{*path}",
    "members": "v1/members/{*path}",
    "operations": "v1/operations/{*path}",
    "organization": "v1/organization/{*path}",
    "reference": "docs/{*path}",
    "review_page": "review/{*path}",
    "sessions": "v1/sessions/{*path}",
    "security_events": "v1/security-events/{*path}",
    "settings": "v1/settings/{*path}",
}

bp = Blueprint()
for name, route in AREAS.items():
    area(bp, name, route)
# The host tries routes in the order of their functions' names, so this one comes last.
area(bp, "unknown", "v1/{*path}", function="zzz_unknown_api")
