import pytest
from azure.durable_functions.models.history import HistoryEventType

from local.durable.numbering import NonDeterministic, Numbering
from local.durable.wire import Action, Event, event

NOW = "2026-01-02T03:04:05.000000Z"


def _activity(name: str) -> Action:
    return {"actionType": 0, "functionName": name, "input": "null"}


def _turn(*scheduled: str, actions: int) -> list[Event]:
    return [
        event(HistoryEventType.ORCHESTRATOR_STARTED, NOW),
        event(HistoryEventType.EXECUTION_STARTED, NOW, Name="story"),
        *(
            event(HistoryEventType.TASK_SCHEDULED, NOW, n, Name=name)
            for n, name in enumerate(scheduled)
        ),
        event(HistoryEventType.ORCHESTRATOR_COMPLETED, NOW, ActionCount=actions),
    ]


def test_compound_actions_are_numbered_depth_first_and_waits_not_at_all() -> None:
    both: Action = {"actionType": 12, "compoundActions": [_activity("a"), _activity("b")]}
    event_: Action = {"actionType": 6, "externalEventName": "x"}
    either: Action = {"actionType": 11, "compoundActions": [event_, both, _activity("c")]}

    new = Numbering("x").walk([], [either, _activity("d")])

    assert [(task.id, task.name) for task in new] == [(0, "a"), (1, "b"), (2, "c"), (3, "d")]


def test_what_the_history_holds_is_not_scheduled_again() -> None:
    new = Numbering("x").walk(_turn("a", actions=1), [_activity("a"), _activity("b")])

    assert [task.name for task in new] == ["b"]


def test_another_function_in_the_same_place_is_noticed() -> None:
    with pytest.raises(NonDeterministic, match=r"task 0 was .*'a'.* made it .*'b'"):
        Numbering("x").walk(_turn("a", actions=1), [_activity("b")])


def test_fewer_actions_than_before_are_noticed() -> None:
    with pytest.raises(NonDeterministic, match="scheduled 2 actions, the replay only 1"):
        Numbering("x").walk(_turn("a", "b", actions=2), [_activity("a")])


def test_messages_to_entities_keep_their_ids_through_replays() -> None:
    call: Action = {"actionType": 7, "operation": "get", "input": "null", "instanceId": "@a@b"}

    first, again = (Numbering("x").walk([], [call])[0].message_id for _ in range(2))
    (elsewhere,) = Numbering("y").walk([], [call])

    assert first == again
    assert elsewhere.message_id != first
