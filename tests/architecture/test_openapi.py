"""The API's description is true, complete, and the one that is committed."""

import importlib
import json
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

import shared
from functions.http import openapi
from functions.http.api import router_of
from functions.http.areas import AREAS
from orchestrations.durable import StepFailed
from shared.platform.errors import AppError

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = openapi.describe()
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
HEALTH = "GET /api/health"
OF_THE_FRAMEWORK = {
    "bad_request",
    "invalid_request",
    "internal_error",
    "not_found",
    "method_not_allowed",
}


def errors(kind: type[AppError] = AppError) -> Iterator[type[AppError]]:
    for found in kind.__subclasses__():
        if found.__module__.startswith("shared."):
            yield found
            yield from errors(found)


def codes() -> set[str]:
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        importlib.import_module(module.name)
    return {error.code for error in errors()} | OF_THE_FRAMEWORK | {StepFailed.code}


def test_the_committed_document_is_up_to_date() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.render(), "python -m functions.http.openapi"


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=lambda value: str(value)[:60])
class TestEveryOperation:
    def test_has_a_summary_and_says_what_it_answers(
        self, name: str, operation: dict[str, Any]
    ) -> None:
        assert operation["summary"]
        good = [answer for status, answer in operation["responses"].items() if status < "300"]
        assert good
        for answer in good:
            for kind, media in answer["content"].items():
                assert kind == "image/png" or media["schema"] or media["examples"]

    def test_needs_a_token(self, name: str, operation: dict[str, Any]) -> None:
        if name != HEALTH:
            assert operation["security"] == [{"HTTPBearer": []}]
            assert "401" in operation["responses"]

    def test_describes_errors_as_problem_documents(
        self, name: str, operation: dict[str, Any]
    ) -> None:
        for status, answer in operation["responses"].items():
            if status >= "400" and name != HEALTH:
                assert list(answer["content"]) == ["application/problem+json"]


def test_every_route_that_is_served_is_described() -> None:
    served = {
        f"{method} {route.path}"
        for area in AREAS
        for route in router_of(area).routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in route.methods or ()
    }

    assert served == {name for name, _ in OPERATIONS}


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DOCUMENT)))

    assert named == set(schemas)


class TestEveryErrorCode:
    def test_is_said_by_one_class_alone(self) -> None:
        """Two classes with one code are one error to the caller."""
        codes()
        counted = Counter(error.code for error in errors())

        assert [code for code, count in counted.items() if count > 1] == []

    def test_is_a_stable_word_of_its_own(self) -> None:
        known = codes()
        silent = [error.__name__ for error in errors() if "code" not in vars(error)]

        assert silent == []
        assert [code for code in known if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []

    def test_is_explained(self) -> None:
        explained = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs/errors.md").read_text()))

        assert codes() - explained == set()
