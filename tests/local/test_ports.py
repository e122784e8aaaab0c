"""A taken port is told in one sentence that says what to do."""

import os
import socket

import pytest

from local.errors import PortTaken, StackError
from local.ports import Ports
from tests.servers import free_ports

WEB = free_ports(8)[0]


def test_free_ports_pass() -> None:
    Ports(WEB).require_free()


def test_a_taken_port_is_named_with_its_holder_and_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", WEB + 3)), pytest.raises(PortTaken) as refusal:
        Ports(WEB).require_free()

    sentence = str(refusal.value)
    assert f"Port {WEB + 3} is taken by" in sentence
    assert f"(pid {os.getpid()})" in sentence
    assert "--port " in sentence


def test_the_way_out_is_free_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", WEB)),
        socket.create_server(("127.0.0.1", WEB + 100)),
        pytest.raises(PortTaken, match=rf"--port {WEB + 200}\."),
    ):
        Ports(WEB).require_free()


def test_each_part_has_ports_of_its_own() -> None:
    ports = Ports(WEB)
    taken = [
        ports.web,
        ports.postgres,
        *range(ports.blob, ports.blob + 3),
        ports.oidc,
        ports.durable,
        ports.valkey,
    ]

    assert sorted(taken) == list(ports.everyone())


@pytest.mark.parametrize("web", [0, -1, 65_530, 99_999])
def test_a_port_that_cannot_be_is_a_sentence(web: int) -> None:
    with pytest.raises(StackError, match=f"no port {web}"):
        Ports(web).require_free()
