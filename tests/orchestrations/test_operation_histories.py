"""Tells recorded operations again, as the host would after a deployment; see test_histories."""

import json
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

from local.durable.numbering import Numbering
from local.durable.wire import Answer, Event, context_body, read_answer
from tests.orchestrations.record_operation import HISTORIES, JOB, STORIES, orchestrator
from tests.orchestrations.test_histories import Asked, turns

RECORDED = sorted(HISTORIES.glob("*.json"))


def replay(told: dict[str, Any], known: list[Event]) -> tuple[Answer, Asked]:
    past = [json.dumps(each) for each in known]
    body = context_body(JOB.instance_id, None, told["input"], past, [])
    answer = read_answer(orchestrator()(func.OrchestrationContext(body)))
    asked = Numbering("").walk(known, answer.actions or [])
    return answer, [(task.id, task.name) for task in asked]


def test_every_story_has_a_recording() -> None:
    assert {path.stem for path in RECORDED} == set(STORIES)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_operation_is_told_the_same_way_again(path: Path) -> None:
    told = json.loads(path.read_text())
    answer = None
    for known, asked_then in turns(told["history"]):
        answer, asked_now = replay(told, known)
        assert answer.error is None
        assert asked_now == asked_then

    assert answer
    assert answer.is_done
    assert answer.output == told["output"]
