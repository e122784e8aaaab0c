"""What an engineer on call asks of the host: state, functions, keys, and a drain."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.functions_host.memory import DeadLetter
from tests.local.functions_host.hosting import NO_STORAGE, Hosted, hosted, until


@pytest.fixture
async def web(tmp_path: Path) -> AsyncGenerator[Hosted]:
    async with hosted("web", tmp_path) as host:
        yield host


async def ask(host: Hosted, method: str, page: str, **options: Any) -> httpx.Response:
    return await host.http.request(method, f"/admin/{page}", headers=host.as_master, **options)


class TestPages:
    async def test_anybody_may_ping(self, web: Hosted) -> None:
        for method in ("GET", "POST"):
            assert (await web.http.request(method, "/admin/host/ping")).status_code == 200

    @pytest.mark.parametrize(
        ("method", "page"),
        [
            ("GET", "host/status"),
            ("GET", "functions"),
            ("GET", "functions/hello"),
            ("POST", "functions/hello"),
            ("GET", "host/keys"),
            ("POST", "host/systemkeys/_master"),
            ("GET", "functions/hello/keys"),
            ("POST", "host/drain"),
            ("GET", "nothing"),
        ],
    )
    async def test_the_rest_wants_the_master_key(self, web: Hosted, method: str, page: str) -> None:
        for key in ({}, {"x-functions-key": web.host.keys.host}):
            answer = await web.http.request(method, f"/admin/{page}", headers=key)
            assert answer.status_code == 401
        assert web.host.keys.master == web.as_master["x-functions-key"]

    async def test_status(self, web: Hosted) -> None:
        web.host.memory.note_dead_letter(DeadLetter("hello", "in/a", "answered with 400"))
        status = (await ask(web, "GET", "host/status")).json()

        assert (status["state"], status["functions"], status["running"]) == ("Running", 10, 0)
        assert status["poisonedBlobs"] == []
        assert status["deadLetteredEvents"] == [
            {"function": "hello", "blob": "in/a", "reason": "answered with 400"}
        ]

    async def test_functions_are_listed_with_their_bindings(self, web: Hosted) -> None:
        listed = (await ask(web, "GET", "functions")).json()
        hello = next(each for each in listed if each["name"] == "hello")

        assert hello["config"]["bindings"][0]["route"] == "hello/{name}"
        assert (await ask(web, "GET", "functions/HELLO")).json() == hello

    async def test_the_troubles_of_one_function_are_its_own(self, web: Hosted) -> None:
        web.host.memory.note_dead_letter(DeadLetter("hello", "in/a", "answered with 400"))

        own = (await ask(web, "GET", "functions/hello/status")).json()
        others = (await ask(web, "GET", "functions/plain/status")).json()

        assert [each["blob"] for each in own["deadLetteredEvents"]] == ["in/a"]
        assert others == {"poisonedBlobs": [], "deadLetteredEvents": []}

    @pytest.mark.parametrize(
        ("method", "page"),
        [
            ("POST", "nothing"),
            ("POST", "functions/hello"),  # HTTP functions are called by HTTP
            ("GET", "functions/none"),
            ("DELETE", "functions/hello"),
            ("GET", "functions/hello/nothing"),
            ("GET", "host/drain"),
            ("GET", "host/keys/a/b"),
            ("GET", "host"),
        ],
    )
    async def test_what_is_not_there_is_not_found(
        self, web: Hosted, method: str, page: str
    ) -> None:
        assert (await ask(web, method, page)).status_code == 404


class TestKeys:
    @pytest.mark.parametrize(
        ("page", "opens"),
        [
            ("host/keys", "/api/hello/Ann"),
            ("host/functionkeys", "/api/hello/Ann"),
            ("functions/hello/keys", "/api/hello/Ann"),
        ],
    )
    async def test_a_key_is_made_opens_is_changed_and_removed(
        self, web: Hosted, page: str, opens: str
    ) -> None:
        async def status(key: str) -> int:
            answer = await web.http.get(opens, headers={"x-functions-key": key})
            return answer.status_code

        made = await ask(web, "POST", f"{page}/partner")
        first = made.json()["value"]
        assert made.status_code == 201
        assert made.json() == (await ask(web, "GET", f"{page}/partner")).json()
        assert await status(first) == 200

        changed = await ask(web, "POST", f"{page}/partner")
        assert changed.status_code == 200
        assert await status(first) == 401
        assert await status(changed.json()["value"]) == 200

        assert (await ask(web, "DELETE", f"{page}/partner")).status_code == 204
        assert await status(changed.json()["value"]) == 401
        for method in ("GET", "DELETE"):
            assert (await ask(web, method, f"{page}/partner")).status_code == 404

    async def test_a_key_may_be_given(self, web: Hosted) -> None:
        given = await ask(web, "PUT", "functions/hello/keys/own", json={"value": "chosen"})
        listed = (await ask(web, "GET", "functions/hello/keys")).json()["keys"]

        assert given.json() == {"name": "own", "value": "chosen"}
        assert given.json() in listed
        assert [each["name"] for each in listed] == ["default", "own"]

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"value": ""}', b'{"value": 7}'])
    async def test_a_key_without_a_value_is_a_bad_request(self, web: Hosted, body: bytes) -> None:
        for page in ("host/keys/own", "host/systemkeys/_master"):
            assert (await ask(web, "PUT", page, content=body)).status_code == 400

    async def test_a_changed_master_key_is_in_force_at_once(self, web: Hosted) -> None:
        old = web.as_master
        made = await ask(web, "POST", "host/systemkeys/_master")

        assert made.json() == {"name": "_master", "value": web.host.keys.master}
        assert (await web.http.get("/admin/host/status", headers=old)).status_code == 401
        assert (await ask(web, "GET", "host/status")).status_code == 200

    async def test_what_the_host_counts_on_stays(self, web: Hosted) -> None:
        for page in (
            "host/systemkeys/_master",
            "host/keys/default",
            "functions/hello/keys/default",
        ):
            assert (await ask(web, "DELETE", page)).status_code == 400

    async def test_changes_outlive_the_host(self, tmp_path: Path) -> None:
        async with hosted("web", tmp_path) as first:
            made = (await ask(first, "POST", "functions/hello/keys/partner")).json()
        async with hosted("web", tmp_path) as again:
            assert (await ask(again, "GET", "functions/hello/keys/partner")).json() == made

    async def test_the_key_of_a_webhook_is_made_when_it_is_wanted(self, web: Hosted) -> None:
        assert (await ask(web, "GET", "host/systemkeys")).json() == {"keys": []}
        key = web.host.keys.of_webhook("blobs")

        assert (await ask(web, "GET", "host/systemkeys")).json() == {
            "keys": [{"name": "blobs_extension", "value": key}]
        }


class TestDrain:
    async def test_what_runs_ends_and_nothing_new_begins(self, web: Hosted) -> None:
        before = (await ask(web, "GET", "host/drain/status")).json()
        held = asyncio.create_task(web.http.get("/api/hold"))
        await until(lambda: web.app.waiting)

        begun = await ask(web, "POST", "host/drain")
        refused = await web.http.get("/api/plain")
        during = (await ask(web, "GET", "host/drain/status")).json()
        web.app.released.set()

        assert (await held).text == "released"
        await web.host.draining.begin()
        after = (await ask(web, "GET", "host/drain/status")).json()
        assert before == {"state": "Disabled", "outstandingInvocations": 0}
        assert begun.status_code == 202
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert during == {"state": "InProgress", "outstandingInvocations": 1}
        assert after == {"state": "Completed", "outstandingInvocations": 0}
        assert (await ask(web, "GET", "host/status")).json()["state"] == "Draining"
        assert (await ask(web, "POST", "host/drain")).status_code == 202

    async def test_a_webhook_is_refused_too_so_that_the_event_comes_again(
        self, tmp_path: Path
    ) -> None:
        async with hosted("documents", tmp_path, DOCUMENTS_STORAGE=NO_STORAGE) as host:
            await ask(host, "POST", "host/drain")
            answer = await host.http.post("/runtime/webhooks/blobs", headers=host.as_master)

            assert answer.status_code == 503

    async def test_an_orchestration_goes_on_at_the_next_start(self, tmp_path: Path) -> None:
        async with hosted("documents", tmp_path, DOCUMENTS_STORAGE=NO_STORAGE) as host:
            instance = (await host.http.post("/api/start", json=[1, 2, 3])).text
            await ask(host, "POST", "host/drain")
            await host.host.draining.begin()
        async with hosted("documents", tmp_path, DOCUMENTS_STORAGE=NO_STORAGE) as again:
            async with asyncio.timeout(30):
                while "12" not in (await again.http.get(f"/api/outcome/{instance}")).text:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)


async def test_timers_stop_firing(tmp_path: Path) -> None:
    async with hosted("timers", tmp_path) as host:
        await until(lambda: host.app.seen)
        await ask(host, "POST", "host/drain")
        await host.host.draining.begin()
        fired = len(host.app.seen)
        await asyncio.sleep(1.2)  # longer than the timer's second

        assert len(host.app.seen) == fired
