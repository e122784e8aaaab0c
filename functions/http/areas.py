"""The areas of the API; each is a module of this package with a ``router``."""

from azure.durable_functions import Blueprint

from functions.http.bridge import area

AREAS = {
    "clients": "v1/clients/{*path}",
    "documents": "v1/documents/{*path}",
    "health": "health",
    "reference": "docs/{*path}",
    "review_page": "review/{*path}",
    "settings": "v1/settings/{*path}",
}

bp = Blueprint()
for name, route in AREAS.items():
    area(bp, name, route)
