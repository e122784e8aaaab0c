"""Whatever address a user gives us, the request never goes inside a network."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.platform import outward, trace
from shared.platform.outward import AnswerTooLarge, PeerUnavailable, UnsafeUrl

Configure = Callable[..., None]

INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.5",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.10",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.5",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:5::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2606:2800:220:1:0:5efe:7f00:1",
    "2606:2800:220:1:200:5efe:a00:5",
    "fc00::5efe:808:808",
    "3fff::1",
    "3fff:fff:ffff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
]
OUTSIDE = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_a_network_is_not_public(address: str) -> None:
    assert not outward.is_public(ip_address(address))
    with pytest.raises(UnsafeUrl):
        outward.require_safe(f"https://[{address}]/" if ":" in address else f"https://{address}/")


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_on_the_internet_is_public(address: str) -> None:
    assert outward.is_public(ip_address(address))
    outward.require_safe(f"https://[{address}]/" if ":" in address else f"https://{address}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/a?b=c",
        "https://hooks.example.com:8443/",
        "https://bücher.example/",
        "https://xn--bcher-kva.example./",
    ],
)
def test_ordinary_addresses_are_taken(url: str) -> None:
    outward.require_safe(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
        "//hooks.example.com/",
        "hooks.example.com",
        "",
        "https://",
        "https:///path",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:5432/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/\r\nx: y",
        "https://localhost/",
        "https://metadata/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://①②⑦.⓪.⓪.①/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://-bad.example.com/",
        "https://a..example.com/",
        "https://" + "a" * 3000 + ".example.com/",
    ],
)
def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(UnsafeUrl):
        outward.require_safe(url)


class Names(AbstractResolver):
    """Answers each question with the next of its answers: names change their meaning."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answer.split()
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.5", "::1"])
async def test_a_name_that_leads_inside_is_not_called(address: str) -> None:
    with pytest.raises(UnsafeUrl):
        await outward.send("POST", "https://hooks.example.com/", resolver=Names(address))


async def test_a_name_with_inner_addresses_alone_is_not_called() -> None:
    names = Names("127.0.0.1 10.0.0.5 ::1")
    with pytest.raises(UnsafeUrl):
        await outward.send("POST", "https://hooks.example.com/", resolver=names)


class Peer:
    """A server on this machine; it keeps what it has heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer)
        writer.close()


@pytest.fixture
async def peer() -> AsyncGenerator[Peer]:
    made = Peer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
def url(peer: Peer, configure: Configure) -> str:
    """The peer, allowed by whoever runs the app."""
    configure(outward_loopback=f"127.0.0.1:{peer.port}")
    return f"http://127.0.0.1:{peer.port}/hook"


async def test_nobody_may_call_this_machine_unless_the_operator_says_so(peer: Peer) -> None:
    with pytest.raises(UnsafeUrl):
        await outward.send("GET", f"http://127.0.0.1:{peer.port}/")

    assert peer.heard == []


async def test_a_name_is_asked_once_and_what_is_checked_is_what_is_called(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second answer of a rebinding name would be this machine; nobody asks for it."""
    looked_at: list[str] = []
    monkeypatch.setattr(outward, "PATIENCE_TO_CONNECT", 0.3)
    monkeypatch.setattr(outward, "PORTS", outward.PORTS | {peer.port})
    true_look = outward.is_public

    def look(address: IPv4Address | IPv6Address) -> bool:
        looked_at.append(str(address))
        return true_look(address)

    monkeypatch.setattr(outward, "is_public", look)
    names = Names("192.0.2.1", "127.0.0.1")

    with pytest.raises(UnsafeUrl):
        await outward.send("GET", f"https://rebinding.example:{peer.port}/", resolver=names)

    assert (names.asked, looked_at, peer.heard) == (1, ["192.0.2.1"], [])


async def test_an_allowed_peer_is_called(url: str, peer: Peer) -> None:
    answer = await outward.send("POST", url, body=b"{}", headers={"x-name": "Ada"})

    assert (answer.status, answer.body) == (200, b"ok")
    assert peer.heard[0].startswith("POST /hook HTTP/1.1\r\n")
    assert "x-name: Ada" in peer.heard[0]


async def test_the_trace_goes_along(url: str, peer: Peer) -> None:
    ours = trace.accept("00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    token = trace.current.set(ours)
    await outward.send("GET", url)
    trace.current.reset(token)

    assert f"traceparent: {ours.parent}" in peer.heard[0]


async def test_a_redirect_is_not_followed(url: str, peer: Peer) -> None:
    peer.answer = (
        b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    )

    assert (await outward.send("GET", url)).status == 302
    assert len(peer.heard) == 1


async def test_an_answer_without_end_is_cut_off(url: str, peer: Peer) -> None:
    peer.answer = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (outward.LARGEST_ANSWER + 1)

    with pytest.raises(AnswerTooLarge):
        await outward.send("GET", url)


async def test_a_packed_answer_stays_packed(url: str, peer: Peer) -> None:
    peer.answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nbomb"

    assert (await outward.send("GET", url)).body == b"bomb"


async def test_who_never_answers_is_given_up(
    url: str, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "PATIENCE", 0.2)
    peer.answer = b""

    with pytest.raises(PeerUnavailable):
        await outward.send("GET", url)


async def test_a_proxy_of_the_environment_is_not_used(
    url: str, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert (await outward.send("GET", url)).status == 200
