"""Tells recorded stories again, turn by turn, as the host would after a deployment.

The orchestrator must ask for what its history says it asked for. Where it does not, instances
that run now would break off: keep the old story under its name and give the new one another.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest
from azure.durable_functions.models.history import HistoryEventType

from local.durable.numbering import NonDeterministic, Numbering
from local.durable.wire import Answer, Event, context_body, event, read_answer
from tests.orchestrations.record import HISTORIES, JOB, STORIES, orchestrator

RECORDED = sorted(HISTORIES.glob("*.json"))
SCHEDULED = {HistoryEventType.TASK_SCHEDULED, HistoryEventType.TIMER_CREATED}

Asked = list[tuple[int, str | None]]


def read(name: str) -> dict[str, Any]:
    return json.loads((HISTORIES / f"{name}.json").read_text())


def turns(history: list[Event]) -> Iterator[tuple[list[Event], Asked]]:
    """What the story knew at each turn, and what it asked for."""
    for at, each in enumerate(history):
        if each["EventType"] == HistoryEventType.ORCHESTRATOR_COMPLETED:
            begun = max(
                position
                for position, before in enumerate(history[:at])
                if before["EventType"] == HistoryEventType.ORCHESTRATOR_STARTED
            )
            asked = [e for e in history[begun:at] if e["EventType"] in SCHEDULED]
            yield (
                history[: at - len(asked)],
                [(scheduled["EventId"], scheduled.get("Name")) for scheduled in asked],
            )


def replay(told: dict[str, Any], known: list[Event]) -> tuple[Answer, Asked]:
    past = [json.dumps(each) for each in known]
    body = context_body(JOB.instance_id, None, told["input"], past, [])
    answer = read_answer(orchestrator()(func.OrchestrationContext(body)))
    asked = Numbering("").walk(known, answer.actions or [])
    return answer, [(task.id, task.name) for task in asked]


def test_every_story_has_a_recording() -> None:
    assert {path.stem for path in RECORDED} == set(STORIES)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_story_is_told_the_same_way_again(path: Path) -> None:
    told = read(path.stem)
    answer = None
    for known, asked_then in turns(told["history"]):
        answer, asked_now = replay(told, known)
        assert answer.error is None
        assert asked_now == asked_then

    assert answer
    assert answer.output == told["output"]
    assert answer.is_done is (told["output"] is not None)


@pytest.mark.parametrize("name", ["waiting", "decided_after_reminder"])
def test_a_story_that_waits_hears_the_decision(name: str) -> None:
    """The name of its event is in its past, too."""
    told = read(name)
    history = told["history"]
    raised = [
        at for at, each in enumerate(history) if each["EventType"] == HistoryEventType.EVENT_RAISED
    ]
    known = history[: raised[0] - 1] if raised else history
    now = known[-1]["Timestamp"]
    news = [
        event(HistoryEventType.ORCHESTRATOR_STARTED, now),
        event(HistoryEventType.EVENT_RAISED, now, Name=JOB.decision_event, Input="null"),
    ]

    _, asked = replay(told, known + news)

    assert [name for _, name in asked] == ["read_decision"]


def test_a_story_that_forgot_its_past_is_found_out() -> None:
    """With another step at its beginning, as after a careless change."""
    told = read("accepted")
    for each in told["history"]:
        if each.get("Name") == "measure_document":
            each["Name"] = "scan_document"
    *_, (known, _) = turns(told["history"])

    with pytest.raises(NonDeterministic, match="measure_document"):
        replay(told, known)
