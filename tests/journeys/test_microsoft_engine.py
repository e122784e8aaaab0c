"""The whole stack on Microsoft's worker library in place of our own worker."""

import json
import time
from collections.abc import Generator

import pytest

from functions.http.reference import DOCUMENT
from local.samples import Sample, make_many
from tests.journeys.stack import Stack, running
from tests.journeys.test_main_job import masked, values
from tests.journeys.test_operations import ask, take_away, watch

PATIENCE = 60


@pytest.fixture(scope="module")
def microsofts(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stack]:
    state = tmp_path_factory.mktemp("microsoft") / "state"
    with running(state, "--engine", "microsoft") as started:
        yield started


@pytest.fixture(scope="module")
def w2s(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return make_many(tmp_path_factory.mktemp("w2s"), 2, seed=3)


def test_a_w2_is_read_to_accepted(microsofts: Stack, w2s: list[Sample]) -> None:
    (outcome,) = microsofts.read(w2s[0].path)

    expected = {name: masked(name, value) for name, value in w2s[0].fields.items()}
    assert (outcome["state"], outcome["kind"]) == ("accepted", "w2")
    assert values(outcome, set(expected)) == expected
    assert engines_named(microsofts) == ["microsoft"]


def test_every_area_and_page_is_served(microsofts: Stack) -> None:
    described = json.loads(DOCUMENT.read_text())["paths"]
    lists = [path for path, operations in described.items() if "get" in operations]
    asked = [path for path in lists if "{" not in path] + ["/api/docs", "/api/review"]

    with microsofts.http() as owner:
        answers = {path: owner.get(microsofts.url + path).status_code for path in asked}

    assert answers == dict.fromkeys(asked, 200)


def test_long_work_is_done(microsofts: Stack) -> None:
    with microsofts.http() as owner:
        *_, ended = watch(owner, ask(owner, "csv").headers["location"])
        rows = take_away(owner, ended).decode().splitlines()

    assert (ended["state"], len(rows)) == ("succeeded", ended["result"]["rows"] + 1)


def test_the_engine_stays_when_the_host_is_started_again(
    microsofts: Stack, w2s: list[Sample]
) -> None:
    before = microsofts.part("host").pid

    microsofts.kill("host")

    deadline = time.monotonic() + PATIENCE
    while (part := microsofts.find_part("host")) is None or part.pid == before:
        assert time.monotonic() < deadline, "the host did not come back"
        time.sleep(0.1)
    (outcome,) = microsofts.read(w2s[1].path)
    assert outcome["state"] == "accepted"
    assert engines_named(microsofts) == ["microsoft", "microsoft"]


def engines_named(stack: Stack) -> list[str]:
    """What the host has said of itself at each of its starts."""
    log = (stack.state / "logs" / "host.log").read_text()
    return [line.rpartition(" ")[2] for line in log.splitlines() if "ready in" in line]
