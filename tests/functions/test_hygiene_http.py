"""What the API takes and gives, by its own description: nothing unbounded, nothing unknown."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from functions.http.openapi import describe

Json: TypeAlias = dict[str, Any]

DOCUMENT = describe()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
SCHEMAS = DOCUMENT["components"]["schemas"]
SHARED_PARAMETERS = DOCUMENT["components"]["parameters"]
BODIES = {
    where: operation["requestBody"]["content"]
    for where, operation in OPERATIONS.items()
    if "requestBody" in operation
}
MERGE_PATCH = "application/merge-patch+json"
BOUNDS = {
    "string": ({"maxLength"}, {"format"}, {"enum"}, {"const"}, {"pattern"}),
    "integer": ({"minimum", "maximum"}, {"enum"}, {"exclusiveMinimum", "maximum"}),
    "number": ({"minimum", "maximum"},),
    "array": ({"maxItems"},),
}


def under(
    schema: Json, path: str = "", seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Json]]:
    """The schema and all it is made of, with the way there."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from under(SCHEMAS[name], f"{path}<{name}>", seen | {name})
        return
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from under(inner, f"{path}/{name}", seen)
    for word in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(word, []):
            yield from under(inner, path, seen)
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from under(schema[word], f"{path}/*", seen)


def of_bodies() -> Iterator[tuple[str, Json]]:
    for where, content in BODIES.items():
        for media in content.values():
            yield from under(media["schema"], where)


def parameters(where: str) -> list[Json]:
    return [
        SHARED_PARAMETERS[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        for each in OPERATIONS[where].get("parameters", [])
    ]


def names(where: str) -> set[str]:
    return {each["name"].lower() for each in parameters(where)}


def of_addresses() -> Iterator[tuple[str, Json]]:
    """Parameters in path and query; the host bounds all headers at once."""
    for where in OPERATIONS:
        for each in parameters(where):
            if each["in"] != "header":
                yield from under(each["schema"], f"{where} {each['name']}")


def of_answers() -> Iterator[tuple[str, Json]]:
    for where, operation in OPERATIONS.items():
        for status, answer in operation["responses"].items():
            for media in answer.get("content", {}).values():
                yield from under(media.get("schema", {}), f"{where} {status}")


def is_bounded(schema: Json) -> bool:
    given = schema.keys()
    return any(bound <= given for bound in BOUNDS.get(schema.get("type", ""), (set[str](),)))


def test_there_is_something_to_look_at() -> None:
    assert len(OPERATIONS) > 40
    assert len(BODIES) > 10


def test_every_value_a_caller_may_send_is_bounded() -> None:
    lax = {where for where, schema in [*of_bodies(), *of_addresses()] if not is_bounded(schema)}

    assert lax == set()


def test_no_body_takes_a_field_it_does_not_know() -> None:
    """A map of names chosen by the caller says what its values are, and how many there may be."""
    lax = {
        where
        for where, schema in of_bodies()
        if schema.get("type") == "object"
        and schema.get("additionalProperties") is not False
        and not {"additionalProperties", "maxProperties"} <= schema.keys()
    }

    assert lax == set()


def test_every_list_is_paged_alike() -> None:
    pages = {
        where.partition(" 200")[0]
        for where, schema in of_answers()
        if {"items", "next", "prev"} <= schema.get("properties", {}).keys()
    }

    assert len(pages) > 5
    assert [each for each in pages if not {"cursor", "limit", "fields"} <= names(each)] == []
    assert not {"offset", "page", "per_page"} & set[str]().union(*map(names, pages))


def test_what_is_changed_in_place_is_changed_on_a_version_that_was_seen() -> None:
    patches = {where for where in OPERATIONS if where.startswith("PATCH")}

    assert {where for where in patches if "if-match" not in names(where)} == set()


def test_patches_are_merge_patches() -> None:
    plain = {
        where for where in BODIES if where.startswith("PATCH") and MERGE_PATCH not in BODIES[where]
    }

    assert plain == set()


@pytest.mark.parametrize("way", ["bodies", "answers"])
def test_money_is_in_whole_cents(way: str) -> None:
    """No field of money is a number with a fraction, or a string."""
    money = re.compile(r"(amount|price|total|balance|fee|cents|paid)$")
    found = of_bodies() if way == "bodies" else of_answers()
    lax = {
        where
        for where, schema in found
        if money.search(where) and schema.get("type") in ("number", "string")
    }

    assert lax == set()
