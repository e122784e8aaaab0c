"""The Postman collection is the whole API, and the one that is committed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.http import openapi, postman

Json = dict[str, Any]

COLLECTION = postman.describe()
TAKING_A_KEY = {
    operation["operationId"]
    for methods in openapi.describe()["paths"].values()
    for operation in methods.values()
    if any(each.get("name") == "idempotency-key" for each in operation["parameters"])
}
ITEMS: list[Json] = [item for folder in COLLECTION["item"] for item in folder["item"]]


def test_the_committed_collection_is_up_to_date() -> None:
    assert postman.DOCUMENT.read_text() == postman.render(), "python -m functions.http.postman"


def test_it_holds_every_operation_once_in_the_folder_of_its_area() -> None:
    operations = {
        operation["operationId"]: operation["tags"][0]
        for methods in openapi.describe()["paths"].values()
        for operation in methods.values()
    }
    held = {item["id"]: folder["name"] for folder in COLLECTION["item"] for item in folder["item"]}

    assert held == operations
    assert len(ITEMS) == len(operations)


def test_it_is_a_collection_of_format_2_1() -> None:
    assert set(COLLECTION) == {"info", "auth", "variable", "item"}
    assert COLLECTION["info"]["schema"].endswith("/v2.1.0/collection.json")
    assert COLLECTION["info"]["name"]


def test_every_variable_it_uses_is_its_own_or_postmans() -> None:
    defined = {each["key"] for each in COLLECTION["variable"]}
    used = set(re.findall(r"{{([^}]+)}}", json.dumps(COLLECTION)))

    assert {"base_url", "token"} <= used
    assert {each for each in used if not each.startswith("$")} == defined


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])
class TestEveryRequest:
    def test_goes_to_an_address_made_of_its_parts(self, item: Json) -> None:
        url = item["request"]["url"]

        assert url["raw"] == "/".join([*url["host"], *url["path"]])
        variables = {part[1:].split(".")[0] for part in url["path"] if part.startswith(":")}
        assert variables == {each["key"] for each in url["variable"]}
        assert all(each["value"] for each in url["variable"])

    def test_sends_a_body_that_is_json_and_says_so(self, item: Json) -> None:
        body = item["request"].get("body")

        if body:
            assert body["mode"] == "raw"
            json.loads(body["raw"])
            assert "content-type" in set(sent(item))

    def test_sends_the_headers_its_method_wants(self, item: Json) -> None:
        assert ("idempotency-key" in set(sent(item))) is (item["id"] in TAKING_A_KEY)

    def test_is_signed_in_as_the_collection_says(self, item: Json) -> None:
        assert ("auth" in item["request"]) is (item["id"] == "health_check")


def sent(item: Json) -> Iterator[str]:
    for header in item["request"]["header"]:
        if not header.get("disabled"):
            yield header["key"]
