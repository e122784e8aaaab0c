"""What the Durable SDK and its host say to each other: events, actions and the turn's envelope."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from azure.durable_functions.constants import DATETIME_STRING_FORMAT
from azure.durable_functions.models.actions import ActionType
from azure.durable_functions.models.history import HistoryEventType

Event: TypeAlias = dict[str, Any]
Action: TypeAlias = dict[str, Any]

SCHEDULES = {
    ActionType.CALL_ACTIVITY: HistoryEventType.TASK_SCHEDULED,
    ActionType.CALL_ACTIVITY_WITH_RETRY: HistoryEventType.TASK_SCHEDULED,
    ActionType.CALL_HTTP: HistoryEventType.TASK_SCHEDULED,
    ActionType.CALL_SUB_ORCHESTRATOR: HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED,
    ActionType.CALL_SUB_ORCHESTRATOR_WITH_RETRY: (
        HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED
    ),
    ActionType.CREATE_TIMER: HistoryEventType.TIMER_CREATED,
    ActionType.CALL_ENTITY: HistoryEventType.EVENT_SENT,
    ActionType.SIGNAL_ENTITY: HistoryEventType.EVENT_SENT,
}
RETRIED = (ActionType.CALL_ACTIVITY_WITH_RETRY, ActionType.CALL_SUB_ORCHESTRATOR_WITH_RETRY)
COMPOUND = (ActionType.WHEN_ANY, ActionType.WHEN_ALL)

_STATE_MARK = "\n\n$OutOfProcData$:"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an orchestrator said at the end of a turn; no actions when the SDK itself failed."""

    actions: list[Action] | None
    is_done: bool = False
    output: Any = None
    error: str | None = None
    custom_status: Any = None

    @property
    def has_ended(self) -> bool:
        return self.is_done or self.error is not None

    @property
    def continuation(self) -> Action | None:
        """The action that begins the next execution, if the story continues as new."""
        wanted = (a for a in self.actions or [] if a["actionType"] == ActionType.CONTINUE_AS_NEW)
        return next(wanted, None)


def stamp(moment: datetime | None = None) -> str:
    return (moment or datetime.now(UTC)).strftime(DATETIME_STRING_FORMAT)


def event(kind: HistoryEventType, timestamp: str, event_id: int = -1, **fields: Any) -> Event:
    return {
        "EventType": int(kind),
        "EventId": event_id,
        "IsPlayed": False,
        "Timestamp": timestamp,
        **fields,
    }


def context_body(
    instance_id: str, parent_id: str | None, raw_input: str | None, past: list[str], new: list[str]
) -> str:
    """Build the envelope of a turn; the events come as JSON texts, so that none is encoded twice.

    It leaves out maximumShortTimerDuration: then a timer of any length is one event, as on
    back ends without a limit.
    """
    head = json.dumps(
        {
            "input": raw_input,
            "instanceId": instance_id,
            "isReplaying": bool(past),
            "parentInstanceId": parent_id,
            "upperSchemaVersion": 1,
            "upperSchemaVersionNew": 2,
            "defaultHttpAsyncRequestSleepTimeMillseconds": 30_000,
        }
    )
    return f'{head[:-1]}, "history": [{",".join(past + new)}]}}'


def read_answer(text: str) -> Answer:
    state = json.loads(text)
    return Answer(
        actions=state["actions"][0] if state["actions"] else [],
        is_done=state.get("isDone", False),
        output=state.get("output"),
        error=state.get("error"),
        custom_status=state.get("customStatus"),
    )


def read_failure(error: Exception) -> Answer:
    """An orchestrator that raises has its state in the text of the error."""
    _, mark, state = str(error).rpartition(_STATE_MARK)
    if mark:
        return read_answer(state)
    return Answer(actions=None, error=f"{type(error).__name__}: {error}")
