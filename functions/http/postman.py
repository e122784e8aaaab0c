"""Writes a Postman collection from the API's description: ``python -m functions.http.postman``.

The collection (format 2.1) is committed as docs/postman.json; a test fails when it is not up to
date. Set the variables ``base_url`` and ``token``; a token comes from ``python -m local token``.
"""

import json
import re
from pathlib import Path
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from functions.http import openapi
from functions.http.samples import sample

Json: TypeAlias = dict[str, Any]

DOCUMENT = Path(__file__).parents[2] / "docs/postman.json"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
LOCAL = "http://127.0.0.1:7071"
JSON = "application/json"
VALUES = {"if-match": '"{{version}}"', "idempotency-key": "{{$guid}}"}
"""What a request sends without being asked; other headers are there and switched off."""


def describe() -> Json:
    document = openapi.describe()
    schemas = document["components"]["schemas"]
    folders: dict[str, list[Json]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            folder = folders.setdefault(operation["tags"][0], [])
            folder.append(_item(method.upper(), path, operation, schemas))
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, "advisoros/postman")),
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "schema": SCHEMA,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}],
        },
        "variable": [
            {"key": "base_url", "value": LOCAL},
            {"key": "token", "value": ""},
            {"key": "version", "value": "1"},
        ],
        "item": [{"name": name, "item": items} for name, items in folders.items()],
    }


def _item(method: str, path: str, operation: Json, schemas: Json) -> Json:
    """A request; without a security scheme it is sent without a token."""
    request: Json = {
        "method": method,
        "header": _headers(operation),
        "url": _url(path, operation, schemas),
        "description": operation["description"],
    }
    if "security" not in operation:
        request["auth"] = {"type": "noauth"}
    if "requestBody" in operation:
        media = operation["requestBody"]["content"][JSON]
        body = media.get("example") or sample(media["schema"], schemas)
        request["header"].append({"key": "content-type", "value": JSON})
        request["body"] = {
            "mode": "raw",
            "raw": json.dumps(body, indent=2, ensure_ascii=False),
            "options": {"raw": {"language": "json"}},
        }
    return {"name": operation["summary"], "id": operation["operationId"], "request": request}


def _url(path: str, operation: Json, schemas: Json) -> Json:
    given = re.sub(r"{(\w+)}", r":\1", path)
    query = [
        {"key": each["name"], "value": "", "description": each["description"], "disabled": True}
        for each in _parameters(operation, "query")
    ]
    return {
        "raw": f"{{{{base_url}}}}{given}",
        "host": ["{{base_url}}"],
        "path": given.strip("/").split("/"),
        "query": query,
        "variable": [
            {
                "key": each["name"],
                "value": str(sample(each["schema"], schemas)),
                "description": each["description"],
            }
            for each in _parameters(operation, "path")
        ],
    }


def _headers(operation: Json) -> list[Json]:
    return [
        {
            "key": each["name"],
            "value": VALUES.get(each["name"], ""),
            "description": each["description"],
            "disabled": each["name"] not in VALUES,
        }
        for each in _parameters(operation, "header")
    ]


def _parameters(operation: Json, place: str) -> list[Json]:
    return [each for each in operation["parameters"] if each.get("in") == place]


def render() -> str:
    return json.dumps(describe(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(render())
