"""Bodies: JSON Merge Patch by field, and JSON that can be understood in one way only."""

import pytest
from httpx import AsyncClient, Response

from tests.make.identity import Firm

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


async def patch(
    http: AsyncClient, firm: Firm, body: bytes, media: str | None = MERGE_PATCH
) -> Response:
    url = f"/clients/{firm.client_id}"
    seen = (await http.get(url)).headers["etag"]
    headers = {"if-match": seen} | ({"content-type": media} if media else {})
    return await http.patch(url, content=body, headers=headers)


async def post(http: AsyncClient, body: bytes, media: str = JSON) -> Response:
    return await http.post("/clients", content=body, headers={"content-type": media})


def told(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestAPatch:
    async def test_changes_the_fields_it_names_and_no_other(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        before = (await http.get(f"/clients/{firm.client_id}")).json()
        after = (await patch(http, firm, b'{"name": "Grace"}')).json()

        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"name", "version", "updated_at"}

    async def test_clears_with_null_what_may_be_cleared(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        with_tin = await patch(http, firm, b'{"tin": "412-55-7834"}')
        without = await patch(http, firm, b'{"tin": null}')

        assert with_tin.json()["tin_masked"] == "***-**-7834"
        assert without.json()["tin_masked"] is None
        assert told(await patch(http, firm, b'{"name": null}')) == (422, "invalid_request")

    async def test_of_nothing_changes_nothing(self, http: AsyncClient, firm: Firm) -> None:
        assert (await patch(http, firm, b"{}")).json()["version"] == 1

    @pytest.mark.parametrize(
        "body", [b'[{"op": "remove", "path": "/name"}]', b"null", b'"x"', b"1"]
    )
    async def test_is_an_object(self, http: AsyncClient, firm: Firm, body: bytes) -> None:
        assert told(await patch(http, firm, body)) == (422, "invalid_request")

    @pytest.mark.parametrize("name", ["id", "version", "created_at", "tin_sealed", "__proto__"])
    async def test_names_nothing_else(self, http: AsyncClient, firm: Firm, name: str) -> None:
        answer = await patch(http, firm, f'{{"{name}": "x"}}'.encode())

        assert told(answer) == (422, "invalid_request")
        (error,) = answer.json()["errors"]
        assert (error["in"], error["pointer"], error["code"]) == ("body", f"/{name}", "unknown")


class TestContentType:
    @pytest.mark.parametrize(
        "media", [JSON, MERGE_PATCH, "application/JSON; charset=utf-8", "application/json;x=y"]
    )
    async def test_of_a_patch(self, http: AsyncClient, firm: Firm, media: str) -> None:
        assert (await patch(http, firm, b'{"name": "Grace"}', media)).status_code == 200

    @pytest.mark.parametrize(
        "media",
        [None, "text/plain", "application/x-www-form-urlencoded", "application/json-patch+json"],
    )
    async def test_that_is_another_is_refused(
        self, http: AsyncClient, firm: Firm, media: str | None
    ) -> None:
        answer = await patch(http, firm, b'{"name": "Grace"}', media)

        assert told(answer) == (415, "unsupported_media_type")

    async def test_of_a_merge_patch_is_for_patches(self, http: AsyncClient) -> None:
        answer = await post(http, b'{"name": "Grace"}', MERGE_PATCH)

        assert told(answer) == (415, "unsupported_media_type")


class TestJson:
    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"\xff\xfe",
            b'{"name": "Grace", "name": "Hopper"}',
            b'{"name": "Grace", "\\u006eame": "Hopper"}',
            b'{"name": NaN}',
            b'{"name": Infinity}',
            b'{"name": -Infinity}',
            b'{"name": 1e999}',
            b'{"name": "Grace"} {}',
            '{"name": "Grace"}'.encode("utf-16"),
            b"\xef\xbb\xbf{}",
        ],
        ids=lambda body: repr(body[:30]),
    )
    async def test_that_is_none_or_says_two_things_is_refused(
        self, http: AsyncClient, body: bytes
    ) -> None:
        assert told(await post(http, body)) == (400, "bad_json")

    async def test_has_an_equal_name_in_another_object(self, http: AsyncClient) -> None:
        answer = await post(http, b'{"name": {"name": {"name": 1}}}')

        assert told(answer) == (422, "invalid_request")


class TestFieldErrors:
    async def test_say_what_where_and_by_which_rule(self, http: AsyncClient) -> None:
        answer = await post(http, b'{"name": 7, "entity_type": "club", "tin": "x", "a/b~c": 1}')

        errors = {each["pointer"]: each["code"] for each in answer.json()["errors"]}
        assert errors == {
            "/name": "wrong_type",
            "/entity_type": "not_one_of",
            "/tin": "wrong_format",
            "/a~1b~0c": "unknown",
        }

    async def test_of_a_choice_point_into_the_body_as_it_was_sent(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        url = f"/documents/{firm.client_id}/review"
        for body, pointer, code in (
            ({"verdict": "rejected", "reason": 7}, "/reason", "wrong_type"),
            ({"verdict": "kind_changed"}, "/kind", "missing"),
            ({"verdict": "412-55-7834"}, "", "not_one_of"),
            ({}, "", "missing"),
        ):
            answer = await http.post(url, json=body, headers={"if-match": '"1"'})
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == (pointer, code)
            assert "7834" not in answer.text

    async def test_of_parameters_say_that_they_are(self, http: AsyncClient) -> None:
        (query,) = (await http.get("/clients?limit=0")).json()["errors"]
        (path,) = (await http.get("/clients/nobody")).json()["errors"]
        (header,) = (await http.get("/clients", headers={"x-organization": "x"})).json()["errors"]

        assert (query["in"], query["pointer"], query["code"]) == ("query", "/limit", "too_small")
        assert (path["in"], path["pointer"], path["code"]) == ("path", "/client_id", "wrong_type")
        assert (header["in"], header["pointer"]) == ("header", "/x-organization")

    async def test_do_not_repeat_a_tin_in_the_name_of_a_field(self, http: AsyncClient) -> None:
        answer = await post(http, b'{"name": "Grace", "412-55-7834": 1}')

        assert answer.json()["errors"][0]["pointer"] == "/***-**-7834"


class TestParameters:
    @pytest.mark.parametrize(
        "query", ["offset=1", "page=2", "Limit=3", "limit[]=1", "sort=name", "_=1", "%00=1"]
    )
    @pytest.mark.parametrize("path", ["/clients", "/documents", "/documents/review-queue"])
    async def test_nobody_knows_are_refused(self, http: AsyncClient, path: str, query: str) -> None:
        assert told(await http.get(f"{path}?{query}")) == (422, "unknown_parameter")

    async def test_are_refused_on_what_is_no_list_too(self, http: AsyncClient, firm: Firm) -> None:
        url = f"/clients/{firm.client_id}?limit=1"

        assert told(await http.get(url)) == (422, "unknown_parameter")
        assert told(await http.delete(url, headers={"if-match": '"1"'})) == (
            422,
            "unknown_parameter",
        )
        assert told(await http.post("/clients?x=1", json={})) == (422, "unknown_parameter")

    async def test_given_twice_are_refused(self, http: AsyncClient) -> None:
        answer = await http.get("/clients?limit=1&limit=2")

        assert told(answer) == (422, "repeated_parameter")
