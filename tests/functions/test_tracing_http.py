"""A request can be followed: its id, its trace, and one line in the log."""

import logging
import re
from uuid import uuid4

import pytest
from httpx import Response

from functions.http import caller
from shared.platform import trace
from shared.platform.actor import Actor, Role
from tests.functions.edges import client

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"


async def ask(**headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client().get("/things", headers=named)


class TestTheRequestId:
    async def test_of_the_caller_is_kept(self) -> None:
        answer = await ask(x_request_id="checkout-42.a_b")

        assert answer.headers["x-request-id"] == "checkout-42.a_b"
        assert answer.json()["request_id"] == "checkout-42.a_b"

    @pytest.mark.parametrize("bad", ["", " ", "a b", "x" * 129, "a\tb", "<script>", "ü", "a,b"])
    async def test_that_could_do_harm_is_replaced(self, bad: str) -> None:
        answer = await client().get(
            "/things", headers=[(b"x-request-id", bad.encode("latin-1", "replace"))]
        )
        assert answer.headers["x-request-id"] == "request-1"

    async def test_is_in_problems(self) -> None:
        answer = await client().get("/nothing", headers={"x-request-id": "mine"})

        assert answer.json()["request_id"] == answer.headers["x-request-id"] == "mine"

    async def test_is_in_the_answer_to_a_bug(self) -> None:
        answer = await client().get("/things/broken/down", headers={"x-request-id": "mine"})

        assert answer.json()["request_id"] == answer.headers["x-request-id"] == "mine"


class TestTheTrace:
    async def test_of_the_caller_goes_on(self) -> None:
        answer = await ask(traceparent=PARENT, tracestate="vendor=a:b,other@x=1")

        assert answer.json()["trace_id"] == TRACE
        assert answer.json()["trace_state"] == "vendor=a:b,other@x=1"
        version, ours, span, flags = answer.headers["traceresponse"].split("-")
        assert (version, ours, flags) == ("00", TRACE, "01")
        assert span != SPAN, "our part of it is another one"

    @pytest.mark.parametrize(
        "parent",
        [
            "",
            "nonsense",
            PARENT.upper(),
            f"ff-{TRACE}-{SPAN}-01",
            f"00-{'0' * 32}-{SPAN}-01",
            f"00-{TRACE}-{'0' * 16}-01",
            f"00-{TRACE}-{SPAN}-01-more",
            f"00-{TRACE}-{SPAN}",
            f"00-{TRACE[:-1]}-{SPAN}-01",
            f"{PARENT}, {PARENT}",
        ],
    )
    async def test_that_is_none_begins_anew(self, parent: str) -> None:
        answer = await ask(traceparent=parent, tracestate="vendor=1")

        assert re.fullmatch("[0-9a-f]{32}", answer.json()["trace_id"])
        assert answer.json()["trace_id"] != TRACE
        assert answer.json()["trace_state"] == "", "it belonged to the trace that was none"

    async def test_of_a_later_version_is_understood(self) -> None:
        answer = await ask(traceparent=f"cc-{TRACE}-{SPAN}-01-what-comes-later")

        assert answer.json()["trace_id"] == TRACE

    @pytest.mark.parametrize("state", ["no equals", "UPPER=1", "a=" + "x" * 600, "a=\x7f"])
    async def test_state_that_is_none_is_left_behind(self, state: str) -> None:
        assert trace.accept(PARENT, state).state == ""

    async def test_ends_with_the_request(self) -> None:
        await ask(traceparent=PARENT)

        assert trace.current.get() is None
        assert trace.outgoing() == {}


class TestTheLine:
    async def test_says_what_was_asked_and_how_it_ended(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        who = Actor(uuid4(), uuid4(), Role.OWNER)
        with caplog.at_level(logging.INFO, "functions.http.edge"):
            await client(who=who).get(
                "/things/mine/own", headers={"x-request-id": "mine", "traceparent": PARENT}
            )

        line = caplog.messages[-1]
        assert line.startswith("GET /api/v1/things/mine/own 200 ms=")
        assert f"request=mine trace={TRACE}" in line
        assert f"organization={who.organization_id} user={who.user_id}" in line

    async def test_names_the_route_and_neither_path_nor_query(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, "functions.http.edge"):
            await client().get(f"/things/{uuid4()}", params={"tin": "412-55-7834"})
            await client().get("/412-55-7834")

        assert caplog.messages[0].startswith("GET /api/v1/things/{thing_id} 200 ")
        assert caplog.messages[1].startswith("GET - 404 ")
        assert "7834" not in caplog.text

    async def test_comes_once_whatever_happens(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO, "functions.http.edge"):
            await client().get("/things/broken/down")

        assert [line.split()[2] for line in caplog.messages] == ["500"]


@pytest.mark.parametrize(
    ("forwarded", "hops", "found"),
    [
        ("", 1, None),
        ("192.0.2.1", 1, "192.0.2.1"),
        ("192.0.2.1:4711", 1, "192.0.2.1"),
        ("1.1.1.1, 192.0.2.1:4711", 1, "192.0.2.1"),
        ("1.1.1.1, 192.0.2.1, 10.0.0.1", 2, "192.0.2.1"),
        ("192.0.2.1", 3, "192.0.2.1"),
        ("[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("unknown", 1, None),
        ("1.1.1.1, <script>", 1, None),
        ("192.0.2.1:99999", 1, None),
    ],
)
def test_only_proxies_of_ours_are_believed(forwarded: str, hops: int, found: str | None) -> None:
    """What a caller writes into X-Forwarded-For stands before what the proxies add."""
    address = caller.address(forwarded, hops)

    assert (address[0] if address else None) == found
