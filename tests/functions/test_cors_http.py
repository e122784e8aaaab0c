"""Pages of the origins in CORS_ORIGINS may call us, and no others."""

import pytest
from httpx import Response

from functions.http.headers import EXPOSED
from tests.conftest import Configure
from tests.functions.edges import client

OURS = "https://app.example.com"
THEIRS = "https://evil.example.com"


@pytest.fixture(autouse=True)
def origins(configure: Configure) -> None:
    configure(cors_origins=f"{OURS},http://localhost:5173")


async def preflight(origin: str, method: str = "PATCH") -> Response:
    return await client().options(
        "/things/some",
        headers={
            "origin": origin,
            "access-control-request-method": method,
            "access-control-request-headers": "authorization,if-match,content-type",
        },
    )


async def test_a_preflight_of_ours_is_answered_without_signing_in() -> None:
    answer = await preflight(OURS)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "if-match" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        THEIRS,
        "null",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example.com",
        "https://sub.app.example.com",
    ],
)
async def test_another_origin_is_not_let_in(origin: str) -> None:
    assert "access-control-allow-origin" not in (await preflight(origin)).headers
    answer = await client().get("/things", headers={"origin": origin})
    assert "access-control-allow-origin" not in answer.headers


async def test_a_page_may_read_the_headers_it_needs() -> None:
    answer = await client().get("/things", headers={"origin": OURS})

    exposed = set(answer.headers["access-control-expose-headers"].split(", "))
    assert exposed == set(EXPOSED)
    assert {"etag", "ratelimit", "x-request-id", "retry-after", "location"} <= exposed


async def test_an_answer_says_that_it_depends_on_the_origin() -> None:
    assert "Origin" in (await client().get("/things", headers={"origin": OURS})).headers["vary"]


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/things/broken/down", 500), ("/things/x", 422)]
)
async def test_a_page_may_read_what_went_wrong(path: str, status: int) -> None:
    answer = await client().get(path, headers={"origin": OURS})

    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == OURS


async def test_a_page_may_read_why_nothing_was_looked_at(configure: Configure) -> None:
    configure(cors_origins=OURS, body_limit="1024")
    answer = await client().post("/things", content=b"x" * 2000, headers={"origin": OURS})

    assert answer.status_code == 413
    assert answer.headers["access-control-allow-origin"] == OURS


async def test_without_the_setting_there_is_no_other_origin(configure: Configure) -> None:
    configure(cors_origins="")

    assert "access-control-allow-origin" not in (await preflight(OURS)).headers
