"""The API's description is true, complete, and the one that is committed."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.routing import APIRoute
from jsonschema_rs import Draft202012Validator

from functions.http import description, errors, limits, openapi
from functions.http.api import router_of
from functions.http.areas import AREAS
from shared.identity.permissions import Permission

Json = dict[str, Any]

DOCUMENT: Json = openapi.describe()
OPERATIONS: list[tuple[str, Json]] = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
HEALTH = "GET /api/health"
SHARED_BY_ROUTES = (
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Prefer",
    "RateLimit",
    "Retry-After",
    "X-Organization",
    "fields",
)
UNKEPT = {  # their answers hold a TIN, or there is nobody left to answer
    "POST /api/v1/clients/find-by-tin",
    "POST /api/v1/clients/{client_id}/reveal-tin",
    "POST /api/v1/documents/{document_id}/fields/{name}/reveal",
    "POST /api/v1/documents/{document_id}/pages/{page}/reveal",
    "POST /api/v1/organization/erase",
}
ASKED_OF_SOMEBODY = [(name, each) for name, each in OPERATIONS if name != HEALTH]
PROBLEM = "application/problem+json"
TOKEN, KEY = {"HTTPBearer": []}, {"ApiKey": []}


def resolved(part: Json) -> Json:
    if "$ref" not in part:
        return part
    found: Any = DOCUMENT
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def parameters(operation: Json) -> list[Json]:
    return [resolved(each) for each in operation["parameters"]]


def responses(operation: Json) -> dict[str, Json]:
    return {status: resolved(each) for status, each in operation["responses"].items()}


def names(operation: Json, place: str) -> set[str]:
    return {each["name"].lower() for each in parameters(operation) if each["in"] == place}


def headers(answer: Json) -> set[str]:
    return set(answer.get("headers", {}))


def violations(schema: Json, value: Any) -> list[str]:
    """What of the value the schema does not allow, wherever its references lead."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


@pytest.mark.parametrize("manner", SHARED_BY_ROUTES)
def test_the_introduction_tells_what_routes_share(manner: str) -> None:
    assert f"`{manner}" in DOCUMENT["info"]["description"]


def test_an_example_of_a_flag_can_be_sent_for_years() -> None:
    (example,) = DOCUMENT["components"]["schemas"]["FlagChange"]["examples"]

    assert datetime.fromisoformat(example["expires_at"]).year > datetime.now(UTC).year + 10


def test_the_committed_document_is_up_to_date() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.render(), "python -m functions.http.openapi"


def test_every_operation_has_an_id_of_its_own_that_people_can_read() -> None:
    ids = [operation["operationId"] for _, operation in OPERATIONS]

    assert len(ids) == len(set(ids))
    assert [each for each in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)+", each)] == []


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
class TestEveryOperation:
    def test_has_a_summary_a_description_and_says_what_it_answers(
        self, name: str, operation: Json
    ) -> None:
        assert operation["summary"]
        assert operation["description"]
        good = [answer for status, answer in responses(operation).items() if status < "300"]
        good = good or [responses(operation)["303"]]
        for answer in good:
            assert answer["description"]
            for kind, media in answer.get("content", {}).items():
                assert kind == "image/png" or media["schema"] or media["examples"]

    def test_describes_every_parameter(self, name: str, operation: Json) -> None:
        for each in parameters(operation):
            assert each["description"], each["name"]
            assert each["schema"], each["name"]

    def test_shows_bodies_and_answers_that_are_as_their_schemas_say(
        self, name: str, operation: Json
    ) -> None:
        bodies = [operation.get("requestBody", {}), *responses(operation).values()]
        for body in bodies:
            for kind, media in body.get("content", {}).items():
                if not kind.endswith("json") or media.get("schema") == {}:
                    continue
                schema = resolved(media["schema"])
                shown = [media["example"]] if "example" in media else schema["examples"]
                for example in shown:
                    assert violations(media["schema"], example) == [], example


@pytest.mark.parametrize(
    ("name", "operation"), ASKED_OF_SOMEBODY, ids=[name for name, _ in ASKED_OF_SOMEBODY]
)
class TestEveryOperationOfTheApi:
    def test_says_who_may(self, name: str, operation: Json) -> None:
        needs = operation["x-permission"]

        known = {*Permission, description.MEMBER, description.IDENTITY}
        assert needs in known or set(re.findall(r"[a-z]+:[a-z]+", needs)) <= known
        token_alone = [TOKEN]
        assert operation["security"] == (
            token_alone if needs == description.IDENTITY else [TOKEN, KEY]
        )
        assert needs in operation["description"]
        if needs in set(Permission):
            assert f"`{needs}`" in responses(operation)["403"]["description"]

    def test_says_what_it_costs(self, name: str, operation: Json) -> None:
        default = limits.READ if name.startswith("GET") else limits.WRITE

        cost = operation.get(limits.COST, default)
        assert f"Costs {cost} of the rate limits; of the address's, 1." in operation["description"]

    def test_takes_the_headers_that_go_with_its_method(self, name: str, operation: Json) -> None:
        taken = names(operation, "header")

        assert {"x-request-id", "traceparent"} <= taken
        assert ("idempotency-key" in taken) is (name.startswith("POST") and name not in UNKEPT)
        if name.startswith("GET") and "304" in operation["responses"]:
            assert "if-none-match" in taken
        if "if-match" in taken:
            (sent,) = [each for each in parameters(operation) if each["name"] == "if-match"]
            assert sent["required"]

    def test_names_the_errors_that_can_come_of_it(self, name: str, operation: Json) -> None:
        told = responses(operation)

        wanted = {"401", "422", "429", "500", "503"}
        if operation["x-permission"] != description.IDENTITY:
            wanted.add("403")
        if names(operation, "path"):
            wanted.add("404")
        if "if-match" in names(operation, "header"):
            wanted |= {"412", "428"}
        if "idempotency-key" in names(operation, "header"):
            wanted.add("409")
        if "requestBody" in operation:
            wanted |= {"400", "413", "415"}
        assert wanted <= set(told)
        assert ("404" in told) is bool(names(operation, "path"))

    def test_describes_errors_as_problem_documents(self, name: str, operation: Json) -> None:
        for status, answer in responses(operation).items():
            if status >= "400":
                assert list(answer["content"]) == [PROBLEM]
                assert answer["content"][PROBLEM]["schema"] == {
                    "$ref": "#/components/schemas/Problem"
                }
                assert "X-Request-Id" in headers(answer)

    def test_describes_the_headers_of_its_answers(self, name: str, operation: Json) -> None:
        for status, answer in responses(operation).items():
            if status < "400":
                assert {"X-Request-Id", "RateLimit", "RateLimit-Policy"} <= headers(answer)
            if status in ("200", "201") and "application/json" in answer.get("content", {}):
                assert "ETag" in headers(answer)
            if status == "202":
                assert {"Location", "Retry-After"} <= headers(answer)
            if status in ("429", "503"):
                assert "Retry-After" in headers(answer)
            if status == "401":
                assert "WWW-Authenticate" in headers(answer)


def test_every_code_the_description_names_is_one_that_is_explained() -> None:
    explained = {error.code: error.status for error in errors.classes()}
    explained |= {code: status for code, (status, _, _) in errors.OF_THE_FRAMEWORK.items()}
    named = {code: status for status, codes in description.CODES.items() for code in codes}

    assert named.items() <= explained.items()


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
    text = json.dumps(DOCUMENT)
    for kind, known in DOCUMENT["components"].items():
        named = set(re.findall(rf'"#/components/{kind}/([^"]+)"', text))
        assert named <= set(known)
        if kind == "schemas":
            assert named == set(known)
