"""Assembles the OpenAPI 3.1 document of all areas: ``python -m functions.http.openapi``.

The document is committed as docs/openapi.json; a test fails when it is not up to date.
"""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from functions.http.api import TITLE, VERSION, router_of
from functions.http.areas import AREAS
from functions.http.examples import EXAMPLES
from functions.http.problems import Problem

DOCUMENT = Path(__file__).parents[2] / "docs/openapi.json"
ABOUT = """Practice management for accounting and tax firms.

Errors are RFC 9457 problem documents with a stable `code`. Lists are keyset-paged: send
`next_cursor` back as `cursor`. Changes to a document need its ETag in `If-Match`.
"""


def describe() -> dict[str, Any]:
    api = FastAPI(title=TITLE, version=VERSION, description=ABOUT)
    for name in AREAS:
        api.include_router(router_of(name))
    document = api.openapi()
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for model, example in EXAMPLES.items():
        schemas[model.__name__]["examples"] = [example]
    return _with_our_validation_errors(document)


def _with_our_validation_errors(document: dict[str, Any]) -> dict[str, Any]:
    """FastAPI describes its own shape of a 422, which we never send."""
    for schema in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(schema, None)
    for path in document["paths"].values():
        for operation in path.values():
            content = operation["responses"].get("422", {}).get("content", {})
            content.pop("application/json", None)
    return document


def render() -> str:
    return json.dumps(describe(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(render())
