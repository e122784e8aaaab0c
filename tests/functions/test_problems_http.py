"""Every error is a problem document with a stable code and the request's id."""

from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response

from shared.clients import clients
from shared.platform.db import DatabaseUnavailable
from tests.make import documents as make
from tests.make.identity import Firm


def told(answer: Response) -> tuple[int, str]:
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == "request-1"
    assert problem["title"]
    assert problem["detail"]
    return answer.status_code, problem["code"]


async def test_what_is_not_there_and_what_is_another_firms_look_the_same(
    http: AsyncClient, other_firm: Firm
) -> None:
    missing = await http.get(f"/clients/{uuid4()}")
    theirs = await http.get(f"/clients/{other_firm.client_id}")

    assert told(missing) == (404, "not_found")
    assert missing.json() == theirs.json()


async def test_a_route_that_is_not_there(http: AsyncClient) -> None:
    assert told(await http.get("/clients/and/nothing/else")) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
async def test_a_method_a_route_does_not_have(http: AsyncClient, method: str) -> None:
    answer = await http.request(method, "/clients")

    assert told(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"
    assert answer.json()["detail"].endswith("Use one of the methods that Allow names.")


async def test_head_says_what_get_would_without_saying_it(http: AsyncClient) -> None:
    asked, got = await http.head("/clients"), await http.get("/clients")

    assert (asked.status_code, asked.headers["etag"]) == (200, got.headers["etag"])
    assert asked.content == b""
    assert (await http.head(f"/clients/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/client_id", "/name", "/size", "/sha256"}),
        ({"size": -1, "name": "", "sha256": "abc"}, {"/client_id", "/name", "/size", "/sha256"}),
        ({"surprise": 1}, {"/client_id", "/name", "/size", "/sha256", "/surprise"}),
    ],
)
async def test_wrong_fields_are_pointed_at(
    http: AsyncClient, body: object, pointers: set[str]
) -> None:
    answer = await http.post("/documents/uploads", json=body)

    assert told(answer) == (422, "invalid_request")
    assert {each["pointer"] for each in answer.json()["errors"]} == pointers
    assert all(each["detail"] for each in answer.json()["errors"])


async def test_of_many_wrong_fields_some_are_told_and_the_others_counted(
    http: AsyncClient,
) -> None:
    few = await http.post("/clients", json={"name": "x"} | {f"f{n}": n for n in range(50)})
    many = await http.post("/clients", json={"name": "x"} | {f"f{n}": n for n in range(3_000)})

    assert told(few) == told(many) == (422, "invalid_request")
    assert len(few.json()["errors"]) == len(many.json()["errors"]) == 50
    assert "more" not in few.json()["detail"]
    assert many.json()["detail"].endswith("There are 2,950 more.")


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'"text"'])
async def test_a_body_that_is_not_what_was_asked_for(http: AsyncClient, content: bytes) -> None:
    answer = await http.post(
        "/documents/uploads", content=content, headers={"content-type": "application/json"}
    )

    assert told(answer) == (422, "invalid_request")


@pytest.mark.parametrize(
    "path",
    [
        "/clients/not-an-id",
        "/documents/not-an-id",
        f"/documents/{UUID(int=1)}/pages/0.png",
        "/documents?state=unheard-of",
        "/documents?kind=unheard-of",
        "/documents?limit=0",
        "/clients?limit=201",
        "/clients?cursor=" + "x" * 4001,
    ],
)
async def test_an_address_that_cannot_be_right(http: AsyncClient, path: str) -> None:
    assert told(await http.get(path)) == (422, "invalid_request")


async def test_a_value_that_is_wrong_is_not_repeated(http: AsyncClient, firm: Firm) -> None:
    """It may be a TIN in the wrong place, and answers are logged on their way."""
    wrong = {"client_id": str(firm.client_id), "name": "w2.pdf", "size": "412-55-7834"}
    answer = await http.post("/documents/uploads", json=wrong)

    assert told(answer) == (422, "invalid_request")
    assert "7834" not in answer.text


async def test_what_is_wrong_is_said_in_words(http: AsyncClient, firm: Firm) -> None:
    new = {"client_id": str(firm.client_id), "name": "w2.pdf", "size": 1, "sha256": "abc"}
    shape = await http.post("/documents/uploads", json=new)
    short = await http.post(f"/clients/{firm.client_id}/reveal-tin", json={"reason": "why"})
    missing = await http.post(f"/clients/{uuid4()}/reveal-tin", json={"reason": "He is calling"})

    assert [each["detail"] for each in shape.json()["errors"]] == [
        "Input should have the shape that the API's description shows"
    ]
    assert [each["detail"] for each in short.json()["errors"]] == [
        "String should have at least 10 characters"
    ]
    assert missing.json()["detail"] == "Client not found. Look for it in its list."


async def test_a_reference_to_nothing(http: AsyncClient, other_firm: Firm) -> None:
    new = {
        "client_id": str(other_firm.client_id),
        "name": "w2.pdf",
        "size": 1,
        "sha256": "0" * 64,
    }

    assert told(await http.post("/documents/uploads", json=new)) == (422, "unknown_reference")


class TestADecision:
    async def test_says_what_it_was_made_on(self, http: AsyncClient) -> None:
        blind = await http.post(f"/documents/{uuid4()}/review", json={"verdict": "accepted"})

        assert told(blind) == (428, "if_match_required")

    @pytest.mark.parametrize(
        ("etag", "refusal"),
        [
            ("", (428, "if_match_required")),
            ("*", (428, "if_match_required")),
            ('"not a number"', (412, "stale")),
            ('W/"1"', (412, "stale")),
            ('"1", "2"', (412, "stale")),
            ('""', (412, "stale")),
            ("-1", (412, "stale")),
            ('"²"', (412, "stale")),
        ],
    )
    async def test_names_a_version(
        self, http: AsyncClient, etag: str, refusal: tuple[int, str]
    ) -> None:
        answer = await http.post(
            f"/documents/{uuid4()}/review",
            json={"verdict": "accepted"},
            headers=[(b"if-match", etag.encode("latin-1"))],
        )

        assert told(answer) == refusal

    async def test_on_what_has_changed_since_is_stale(
        self, http: AsyncClient, firm: Firm, storage: None
    ) -> None:
        document_id = await make.expected(firm)
        answer = await http.post(
            f"/documents/{document_id}/review",
            json={"verdict": "accepted"},
            headers={"if-match": '"99"'},
        )

        assert told(answer) == (412, "stale")


class TestARouteThatRaises:
    @pytest.fixture
    def raised(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
        async def broken(*_: object) -> None:
            raise request.param

        monkeypatch.setattr(clients, "get_client", broken)

    @pytest.mark.parametrize("raised", [RuntimeError("hunter2")], indirect=True)
    async def test_says_nothing_of_what_went_wrong(
        self, http: AsyncClient, raised: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = await http.get(f"/clients/{uuid4()}")

        assert told(answer) == (500, "internal_error")
        assert "hunter2" not in answer.text
        assert "hunter2" in caplog.text

    @pytest.mark.parametrize("raised", [DatabaseUnavailable("It is away")], indirect=True)
    async def test_says_when_asking_again_may_help(self, http: AsyncClient, raised: None) -> None:
        answer = await http.get(f"/clients/{uuid4()}")

        assert told(answer) == (503, "database_unavailable")
