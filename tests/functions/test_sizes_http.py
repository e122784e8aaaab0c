"""What is too long or too deep is refused before anything is made of it."""

import json
from contextlib import suppress

import pytest
from httpx import Response

from functions.http import sizes
from functions.http.sizes import DEEPEST, LARGEST_HEADERS, LONGEST_URL, MOST_VALUES
from shared.platform.errors import AppError
from tests.conftest import Configure
from tests.functions.edges import client

JSON = {"content-type": "application/json"}


async def say(body: bytes | str, **headers: str) -> Response:
    return await client().post("/things/said", content=body, headers=JSON | headers)


def told(answer: Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == "request-1"
    return answer.status_code, answer.json()["code"]


async def test_a_body_of_the_largest_size_is_taken(configure: Configure) -> None:
    configure(body_limit="1024")
    text = "x" * 1022

    assert (await say(json.dumps(text))).json() == text
    assert told(await say(json.dumps(text + "x"))) == (413, "body_too_large")


async def test_a_body_that_says_it_is_small_is_measured(configure: Configure) -> None:
    configure(body_limit="1024")

    async def pieces() -> object:
        for _ in range(1000):
            yield b"x" * 100

    answer = await client().post("/things/said", content=pieces())  # pyright: ignore[reportArgumentType]
    assert told(answer) == (413, "body_too_large")


async def test_a_body_that_says_it_is_large_is_not_read() -> None:
    assert told(await say(b"{}", **{"content-length": "9" * 30})) == (413, "body_too_large")


async def test_a_url_has_an_end() -> None:
    short = await client().get("/things", params={"q": "x" * (LONGEST_URL - 100)})
    long = await client().get("/things", params={"q": "x" * LONGEST_URL})

    assert short.status_code == 200
    assert told(long) == (414, "url_too_long")


async def test_headers_have_an_end() -> None:
    large = await client().get("/things", headers={"x-large": "x" * LARGEST_HEADERS})
    many = await client().get("/things", headers={f"x-{number}": "" for number in range(101)})

    assert told(large) == (431, "headers_too_large")
    assert told(many) == (431, "headers_too_large")


def nested(levels: int, kind: str = "[]") -> str:
    if kind == "[]":
        return "[" * levels + "]" * levels
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("kind", ["[]", "{}"])
async def test_json_has_a_ground(kind: str) -> None:
    assert (await say(nested(DEEPEST, kind))).status_code == 200
    assert told(await say(nested(DEEPEST + 1, kind))) == (422, "json_too_deep")
    assert told(await say(nested(100_000, kind))) == (422, "json_too_deep")


async def test_wide_is_not_deep() -> None:
    wide = [{"a": [1]}] * 200

    assert (await say(json.dumps(wide))).json() == wide


async def test_brackets_in_text_are_text() -> None:
    text = '[[[{{{"\\"' * 50 + "\\"

    assert (await say(json.dumps([text]))).json() == [text]


@pytest.mark.parametrize("value", ["0", "[]", '"a"'])
async def test_json_does_not_hold_more_than_anybody_sends(value: str) -> None:
    body = f"[{','.join([value] * (MOST_VALUES + 10))}]"

    assert told(await say(body)) == (422, "json_too_large")


@pytest.mark.parametrize("number", ["9" * 20, "-" + "9" * 20, "9" * 100_000, "9" * 20 + ".5"])
async def test_a_number_has_an_end(number: str) -> None:
    assert told(await say(f'{{"size": {number}}}')) == (422, "number_too_long")


async def test_a_long_number_may_stand_in_text_and_behind_a_point() -> None:
    body = {"account": "9" * 40, "share": 0.1234567890123456}

    assert (await say(json.dumps(body))).json() == body
    assert (await say('{"share": 0.10000000000000000000000001}')).status_code == 200
    assert (await say(f'{{"size": {2**63 - 1}}}')).json() == {"size": 2**63 - 1}


@pytest.mark.parametrize(
    "body",
    [
        b'"' * 2**20,
        b'"\\' * 2**19,
        b"[" * 2**20,
        b"[],{}" * 200_000,
        b"9" * 2**20,
        b"1," * 2**19,
        b'{"' * 2**19,
        b"-" * 2**20,
        b"1234567890123456789x" * 2**15,
    ],
)
def test_no_body_keeps_us_looking(body: bytes) -> None:
    """If any of it were quadratic, this test would take an hour."""
    with suppress(AppError):
        sizes.require_sane_json(body)
