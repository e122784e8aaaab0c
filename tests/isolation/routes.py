"""Every route of the API as the application itself has it: its parameters, bodies and guard."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from itertools import product
from operator import getitem
from typing import Any, TypeAlias

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from functions.http import openapi
from functions.http.api import router_of
from functions.http.areas import AREAS
from functions.http.auth import Allowed, current_actor, proved_person
from shared.identity.permissions import Permission

Json: TypeAlias = dict[str, Any]

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Route:
    """``bodies`` are the examples of its body's shapes; ``[None]`` when it takes none.

    ``queries`` are the query parameters that take an id.
    """

    method: str
    path: str
    parameters: tuple[str, ...]
    queries: tuple[str, ...]
    bodies: tuple[Json | None, ...]
    permissions: frozenset[Permission]
    guards: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_anonymous(self) -> bool:
        return not self.guards

    @property
    def needs_member(self) -> bool:
        return current_actor.__name__ in self.guards

    @property
    def changes_something(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def ids(self) -> frozenset[str]:
        """The names under which a caller can put an id into a request."""
        in_bodies = {name for body in self.bodies for name, _ in ids_in(body)}
        return frozenset({*self.parameters, *self.queries, *in_bodies})


def ids_in(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each id in a body, with the name of the field that holds it."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from ids_in(inner, key)
        case list():
            for inner in value:
                yield from ids_in(inner, name)
        case str() if ID.fullmatch(value):
            yield name, value
        case _:
            pass


def _guards(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _guards(each)


def _guard(call: Any) -> str:
    return current_actor.__name__ if isinstance(call, Allowed) else getattr(call, "__name__", "")


GUARDS = {current_actor.__name__, proved_person.__name__}


def referred(node: Json, document: Json) -> Json:
    """What a part of the document says, or what it refers to says."""
    while "$ref" in node:
        node = reduce(getitem, node["$ref"].removeprefix("#/").split("/"), document)
    return node


def parameters_of(operation: Json, document: Json) -> list[Json]:
    return [referred(each, document) for each in operation.get("parameters", [])]


def _bodies(operation: Json, document: Json) -> tuple[Json | None, ...]:
    """Whichever media type it is sent as, the shapes are the same."""
    content = referred(operation.get("requestBody", {}), document).get("content", {})
    for media in content.values():
        shapes = list(_shapes(media["schema"], document))
        return tuple(example for shape in shapes for example in shape["examples"])
    return (None,)


def _shapes(schema: Json, document: Json) -> Iterator[Json]:
    schema = referred(schema, document)
    options = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    if "examples" in schema or not options:
        yield schema
    else:
        for each in options:
            yield from _shapes(each, document)


def _takes_id(schema: Json) -> bool:
    return any(each.get("format") == "uuid" for each in [schema, *schema.get("anyOf", [])])


@cache
def every_route() -> tuple[Route, ...]:
    """Those of the OpenAPI document, and those it does not show: the pages."""
    document = openapi.describe()
    return tuple(
        _route(route, method, document)
        for name in AREAS
        for route in router_of(name).routes
        if isinstance(route, APIRoute)
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
    )


def _route(route: APIRoute, method: str, document: Json) -> Route:
    operation = document["paths"].get(route.path, {}).get(method.lower(), {})
    calls = list(_guards(route.dependant))
    return Route(
        method,
        route.path,
        tuple(re.findall(r"{(\w+)}", route.path)),
        tuple(
            each["name"]
            for each in parameters_of(operation, document)
            if each["in"] == "query" and _takes_id(each["schema"])
        ),
        _bodies(operation, document),
        frozenset(each.permission for each in calls if isinstance(each, Allowed)),
        frozenset(map(_guard, calls)) & GUARDS,
    )


def shown() -> tuple[Route, ...]:
    """The routes of the API proper: pages that are the same for everybody left out."""
    return tuple(each for each in every_route() if each.path.startswith("/api/v1/"))


def requests() -> list[tuple[Route, Json | None]]:
    """Each route with each of its bodies."""
    return [pair for route in shown() for pair in product([route], route.bodies)]
