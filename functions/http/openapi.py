"""Assembles the OpenAPI 3.1 document of all areas: ``python -m functions.http.openapi``.

The document is committed as docs/openapi.json; a test fails when it is not up to date.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from functions.http import description
from functions.http.api import TITLE, VERSION, router_of
from functions.http.areas import AREAS
from functions.http.examples import EXAMPLES
from functions.http.problems import Problem

DOCUMENT = Path(__file__).parents[2] / "docs/openapi.json"
ABOUT = """Practice management for accounting and tax firms.

Errors are RFC 9457 problem documents with a stable `code`. Lists are keyset-paged: send
`next` or `prev` back as `cursor`. `fields=name,state` shows those fields alone.

Whoever belongs to several firms names one in `X-Organization`.

Every answer to a GET has an ETag: sent in `If-None-Match` it saves the answer. Changes to
whatever has a `version` need the ETag of that version in `If-Match`.

A POST with an `Idempotency-Key` may be repeated: its work is done once, and for 24 hours it
gets the first answer again. Where a POST does not list that header, each is a request of its
own. With `Prefer: respond-async` long work is answered with 202 and
an operation to watch.

`RateLimit` says what is left of each limit; beyond it there is a 429 with `Retry-After`.
"""


def describe() -> dict[str, Any]:
    api = FastAPI(
        title=TITLE,
        version=VERSION,
        description=ABOUT,
        generate_unique_id_function=description.operation_id,
    )
    for name in AREAS:
        api.include_router(router_of(name))
    document = api.openapi()
    components = document["components"]
    components["securitySchemes"] = description.SCHEMES
    components["parameters"] = description.PARAMETERS
    components["headers"] = description.HEADERS
    components["responses"] = description.problems()
    schemas = components["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for model, example in EXAMPLES.items():
        _example(schemas, model.__name__, example)
    _drop_validation_errors_of_the_framework(document)
    for route in _routes():
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            description.complete(route, method.lower(), operation, schemas)
    return document


def _routes() -> Iterator[APIRoute]:
    for name in AREAS:
        for route in router_of(name).routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                yield route


def _example(schemas: dict[str, Any], model: str, example: Any) -> None:
    """A model that is sent and answered in two shapes has two schemas."""
    for name in (model, f"{model}-Input", f"{model}-Output"):
        if name in schemas:
            schemas[name]["examples"] = [example]


def _drop_validation_errors_of_the_framework(document: dict[str, Any]) -> None:
    """FastAPI describes its own shape of a 422, which we never send."""
    for schema in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(schema, None)
    for path in document["paths"].values():
        for operation in path.values():
            content = operation["responses"].get("422", {}).get("content", {})
            content.pop("application/json", None)


def render() -> str:
    return json.dumps(describe(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(render())
