"""Requests, through the host's own ASGI application."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from local.functions_host import asgi
from local.functions_host.logs import current_invocation
from tests.local.functions_host.hosting import Hosted, hosted, until


@pytest_asyncio.fixture(scope="module")
async def web(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Hosted]:
    async with hosted("web", tmp_path_factory.mktemp("state")) as host:
        yield host


def key_of(web: Hosted, function: str) -> dict[str, str]:
    return {"x-functions-key": web.host.keys.of_function(function)}


class TestKeys:
    async def test_without_a_key_a_function_is_closed(self, web: Hosted) -> None:
        assert (await web.http.get("/api/hello/Ann")).status_code == 401

    async def test_its_own_key_opens_it_in_the_header_or_the_query(self, web: Hosted) -> None:
        key = key_of(web, "hello")

        assert (await web.http.get("/api/hello/Ann", headers=key)).status_code == 200
        by_query = await web.http.get("/api/hello/Ann", params={"code": key["x-functions-key"]})
        assert by_query.status_code == 200

    async def test_the_key_of_another_function_does_not(self, web: Hosted) -> None:
        answer = await web.http.get("/api/hello/Ann", headers=key_of(web, "secret"))

        assert answer.status_code == 401

    async def test_the_hosts_key_opens_functions_but_not_the_administrators(
        self, web: Hosted
    ) -> None:
        key = {"x-functions-key": web.host.keys.host}

        assert (await web.http.get("/api/hello/Ann", headers=key)).status_code == 200
        assert (await web.http.get("/api/secret", headers=key)).status_code == 401

    async def test_the_master_key_opens_all(self, web: Hosted) -> None:
        answer = await web.http.get("/api/secret", headers=web.as_master)

        assert answer.text == "for the administrator"


class TestRequest:
    async def test_it_arrives_whole(self, web: Hosted) -> None:
        answer = await web.http.post(
            "/api/hello/Ann%2FLee?x=1&y=a%20b",
            content=b"abc",
            headers=[
                *web.as_master.items(),
                ("traceparent", "00-1-2-01"),
                ("accept", "a"),
                ("accept", "b"),
            ],
        )
        seen = answer.json()

        assert seen["name"] == "Ann/Lee"
        assert seen["query"] == {"x": "1", "y": "a b"}
        assert seen["size"] == 3
        assert seen["url"] == "http://host.test/api/hello/Ann%2FLee?x=1&y=a%20b"
        assert seen["headers"]["accept"] == "a, b"
        assert seen["traceparent"] == "00-1-2-01"
        assert seen["function"] == "hello"
        assert len(seen["invocation_id"]) == 36

    async def test_the_callers_address_comes_after_what_the_caller_claims(
        self, web: Hosted
    ) -> None:
        claim = {"x-forwarded-for": "10.0.0.1", **web.as_master}
        seen = (await web.http.get("/api/hello/Ann", headers=claim)).json()

        assert seen["headers"]["x-forwarded-for"] == "10.0.0.1, 203.0.113.7:4711"

    @pytest.mark.parametrize(
        ("method", "path"),
        [("PUT", "/api/hello/Ann"), ("GET", "/hello/Ann"), ("GET", "/api/none"), ("GET", "/")],
    )
    async def test_another_method_or_path_is_not_found(
        self, web: Hosted, method: str, path: str
    ) -> None:
        answer = await web.http.request(method, path, headers=web.as_master)

        assert answer.status_code == 404

    async def test_a_body_over_the_limit_is_refused_unread(self, web: Hosted) -> None:
        announced = {"content-length": str(asgi.LARGEST_BODY + 1), **web.as_master}
        answer = await web.http.post("/api/hello/Ann", content=b"", headers=announced)

        assert answer.status_code == 413

    async def test_a_body_that_grows_over_the_limit_is_refused(
        self, web: Hosted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asgi, "LARGEST_BODY", 1000)
        answer = await web.http.post("/api/hello/Ann", content=b"x" * 1001, headers=web.as_master)

        assert answer.status_code == 413


class TestAnswer:
    async def test_a_text_is_plain_text(self, web: Hosted) -> None:
        answer = await web.http.get("/api/plain")

        assert (answer.text, answer.headers["content-type"]) == (
            "plain",
            "text/plain; charset=utf-8",
        )

    async def test_every_cookie_is_a_header_of_its_own(self, web: Hosted) -> None:
        answer = await web.http.get("/api/cookies")

        assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; HttpOnly"]
        assert answer.headers["x-one"] == "1"

    async def test_to_head_there_is_a_length_but_no_body(self, web: Hosted) -> None:
        answer = await web.http.head("/api/hello/Ann", headers=web.as_master)

        assert answer.status_code == 200
        assert answer.content == b""
        assert int(answer.headers["content-length"]) > 0

    async def test_no_content_has_no_length(self, web: Hosted) -> None:
        answer = await web.http.get("/api/empty")

        assert (answer.status_code, "content-length" in answer.headers) == (204, False)

    async def test_none_is_an_error(self, web: Hosted) -> None:
        assert (await web.http.get("/api/nothing")).status_code == 500

    async def test_an_exception_tells_the_caller_nothing_and_the_log_all(
        self, web: Hosted, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = await web.http.get("/api/boom")

        assert (answer.status_code, answer.content) == (500, b"")
        assert "function=boom outcome=failed" in caplog.text
        assert "RuntimeError: kaboom" in caplog.text

    async def test_a_plain_function_runs_in_a_thread(self, web: Hosted) -> None:
        assert (await web.http.get("/api/thread")).text == "ok"

    async def test_too_many_at_once_are_turned_away(self, web: Hosted) -> None:
        held = [asyncio.create_task(web.http.get("/api/hold")) for _ in range(3)]
        await until(lambda: web.app.waiting == 3)

        turned_away = await web.http.get("/api/plain")
        web.app.released.set()

        assert turned_away.status_code == 429
        assert [(await each).text for each in held] == ["released"] * 3
        assert (await web.http.get("/api/plain")).status_code == 200


class TestLog:
    async def line(self, web: Hosted, caplog: pytest.LogCaptureFixture, path: str) -> str:
        caplog.set_level("INFO", "local.functions_host")
        await web.http.get(path)
        (line,) = [each.message for each in caplog.records if each.name.endswith("http_trigger")]
        return line

    @pytest.mark.parametrize(
        ("path", "line"),
        [
            ("/api/plain?code=secret", "GET /api/plain 200 function=plain ms="),
            ("/api/boom", "GET /api/boom 500 function=boom ms="),
            ("/api/hello/Ann", "GET /api/hello/Ann 401 function=hello ms="),
            ("/api/none", "GET /api/none 404 function=- ms="),
        ],
    )
    async def test_a_call_tells_what_was_asked_and_what_was_answered_but_no_query(
        self, web: Hosted, caplog: pytest.LogCaptureFixture, path: str, line: str
    ) -> None:
        assert (await self.line(web, caplog, path)).startswith(line)

    async def test_it_carries_the_invocations_id(
        self, web: Hosted, caplog: pytest.LogCaptureFixture
    ) -> None:
        ids: list[str] = []
        caplog.set_level("INFO", "local.functions_host")
        caplog.handler.addFilter(lambda _: ids.append(current_invocation.get("-")) is None)
        answer = await web.http.get("/api/hello/Ann", headers=web.as_master)

        assert answer.json()["invocation_id"] in ids
