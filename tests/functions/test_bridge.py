"""An HTTP request of the host, taken to an ASGI app and back."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import azure.functions as func
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from functions.http.bridge import App, answer

STATE = {"request_id": "request-1"}


async def echo(request: Request) -> Response:
    body = await request.body()
    return JSONResponse(
        {
            "method": request.method,
            "path": request.url.path,
            "raw_path": request.scope["raw_path"].decode(),
            "scheme": request.url.scheme,
            "query": list(request.query_params.multi_items()),
            "body": body.hex(),
            "x-name": request.headers.get("x-name"),
            "request_id": request.state.request_id,
        }
    )


async def many_headers(_: Request) -> Response:
    response = PlainTextResponse("ok")
    response.headers.append("vary", "accept")
    response.headers.append("vary", "origin")
    response.set_cookie("first", "1")
    response.set_cookie("second", "2")
    return response


async def chunks(_: Request) -> Response:
    return StreamingResponse((each for each in (b"one ", b"two ", b"three")), 201)


async def bug(_: Request) -> Response:
    raise RuntimeError("hunter2")


async def half(_: Request) -> Response:
    async def body() -> AsyncGenerator[bytes]:
        yield b"half"
        raise RuntimeError("hunter2")

    return StreamingResponse(body())


async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
    raise RuntimeError("hunter2")


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
APP = Starlette(
    routes=[
        Route("/api/many-headers", many_headers),
        Route("/api/chunks", chunks),
        Route("/api/bug", bug),
        Route("/api/half", half),
        Route("/api/{path:path}", echo, methods=METHODS),
    ]
)


async def ask(
    url: str, method: str = "GET", *, body: bytes = b"", **headers: str
) -> func.HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = func.HttpRequest(method, f"http://test/api/{url}", headers=named, body=body)
    return await answer(APP, request, dict(STATE))


async def heard(url: str, method: str = "GET", *, body: bytes = b"", **headers: str) -> Any:
    return json.loads((await ask(url, method, body=body, **headers)).get_body())


class TestARequest:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    async def test_arrives_with_its_method(self, method: str) -> None:
        assert (await heard("things", method))["method"] == method

    async def test_arrives_with_its_query_as_it_was_written(self) -> None:
        said = await heard("things?kind=w2&kind=w9&name=a%26b+c&empty=")

        assert said["query"] == [["kind", "w2"], ["kind", "w9"], ["name", "a&b c"], ["empty", ""]]

    async def test_arrives_with_its_path_decoded_once(self) -> None:
        said = await heard("things/a%20b%2Fc%2525/%C3%BC")

        assert said["path"] == "/api/things/a b/c%25/ü"
        assert said["raw_path"] == "/api/things/a%20b%2Fc%2525/%C3%BC"

    async def test_arrives_with_its_bytes_as_they_are(self) -> None:
        content = bytes(range(256)) * 3

        said = await heard("things", "POST", body=content)

        assert bytes.fromhex(said["body"]) == content

    async def test_arrives_with_its_headers(self) -> None:
        assert (await heard("things", X_Name="Ada"))["x-name"] == "Ada"

    async def test_says_how_the_caller_reached_us(self) -> None:
        assert (await heard("things"))["scheme"] == "http"
        assert (await heard("things", X_Forwarded_Proto="https"))["scheme"] == "https"

    @pytest.mark.parametrize("told", ["http://[", "javascript", "", "https, http"])
    async def test_came_by_http_whatever_else_it_says(self, told: str) -> None:
        assert (await heard("things", X_Forwarded_Proto=told))["scheme"] == "http"

    async def test_carries_its_id(self) -> None:
        assert (await heard("things"))["request_id"] == "request-1"


class TestAHostThatIsNone:
    @pytest.mark.parametrize("host", ["[", "[::", "localhost:99999", "localhost:http"])
    async def test_is_the_callers_mistake(
        self, caplog: pytest.LogCaptureFixture, host: str
    ) -> None:
        """The URL is made of the Host header."""
        request = func.HttpRequest("GET", f"http://{host}/api/things", body=b"")
        answered = await answer(APP, request, dict(STATE))

        assert answered.status_code == 400
        assert answered.mimetype == "application/problem+json"
        problem = json.loads(answered.get_body())
        assert (problem["code"], problem["request_id"]) == ("bad_request", "request-1")
        assert caplog.text == ""


class TestAnAnswer:
    async def test_may_come_in_pieces(self) -> None:
        answered = await ask("chunks")

        assert (answered.status_code, answered.get_body()) == (201, b"one two three")

    async def test_has_repeated_headers_folded_into_one(self) -> None:
        """The host keeps one value of a name."""
        answered = await ask("many-headers")

        assert answered.headers["vary"] == "accept, origin"

    async def test_keeps_every_cookie(self) -> None:
        answered = await ask("many-headers")

        cookies = [value for name, value in answered.headers.items() if name == "set-cookie"]
        assert [cookie.split(";")[0] for cookie in cookies] == ["first=1", "second=2"]

    async def test_leaves_counting_to_the_host(self) -> None:
        assert "content-length" not in (await ask("chunks")).headers

    async def test_to_head_has_headers_and_no_body(self) -> None:
        answered = await ask("many-headers", "HEAD")

        assert answered.status_code == 200
        assert answered.headers["content-type"].startswith("text/plain")
        assert answered.get_body() == b""

    async def test_after_a_bug_says_nothing_of_it(self, caplog: pytest.LogCaptureFixture) -> None:
        answered = await ask("bug")

        assert answered.status_code == 500
        assert b"hunter2" not in answered.get_body()
        assert "hunter2" in caplog.text

    @pytest.mark.parametrize("app", [APP, broken], ids=["in-the-middle", "at-once"])
    async def test_that_breaks_off_is_a_problem_document(self, app: App) -> None:
        request = func.HttpRequest("GET", "http://test/api/half", body=b"")
        answered = await answer(app, request, dict(STATE))

        assert answered.status_code == 500
        assert answered.mimetype == "application/problem+json"
        problem = json.loads(answered.get_body())
        assert (problem["code"], problem["request_id"]) == ("internal_error", "request-1")
