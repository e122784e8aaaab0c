"""The ids of an orchestration's tasks: none is on the wire, so the SDK and its host both count."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from azure.durable_functions.constants import HTTP_ACTION_NAME
from azure.durable_functions.models.actions import ActionType
from azure.durable_functions.models.history import HistoryEventType

from local.durable.wire import COMPOUND, RETRIED, SCHEDULES, Action, Event, stamp


class NonDeterministic(Exception):
    """The orchestrator's code no longer does what its history says it did."""


@dataclass(slots=True)
class Task:
    """One piece of scheduled work; `kind` is the event that records it."""

    id: int
    kind: HistoryEventType
    action: Action
    attempt: int = 1
    retries: "Task | None" = None  # a retry timer has here the attempt that failed
    fire_at: str = ""
    message_id: str = ""

    @property
    def name(self) -> str | None:
        if self.kind == HistoryEventType.TIMER_CREATED:
            return None
        if self.action["actionType"] == ActionType.CALL_HTTP:
            return HTTP_ACTION_NAME
        return self.action.get("functionName") or self.action.get("operation")

    @property
    def has_retries(self) -> bool:
        return self.retries is None and self.action["actionType"] in RETRIED

    @property
    def attempts_left(self) -> int:
        return self.action["retryOptions"]["maxNumberOfAttempts"] - self.attempt

    @property
    def is_cancelled(self) -> bool:
        return self.kind == HistoryEventType.TIMER_CREATED and bool(self.action.get("isCanceled"))


@dataclass(slots=True)
class ExternalEvents:
    """Watches for events that come before they are awaited, which SDK 1.x gives out wrongly."""

    warnings: list[str] = field(default_factory=list[str])
    _waits: Counter[str] = field(default_factory=Counter[str])
    _early: Counter[str] = field(default_factory=Counter[str])

    def raised(self, name: str) -> None:
        if self._waits[name]:
            self._waits[name] -= 1
            return
        if name in self._early:
            self.warnings.append(
                f"two {name!r} events came before the first was awaited: SDK 1.x keeps one"
            )
        self._early.setdefault(name, 0)

    def awaited(self, name: str) -> None:
        if name not in self._early:
            self._waits[name] += 1
            return
        self._early[name] += 1
        if self._early[name] > 1:
            self.warnings.append(
                f"event {name!r} came before it was awaited and is awaited again: SDK 1.x gives "
                "the same payload to every later wait (SDK issue #507)"
            )


class Numbering:
    """Gives every task of one execution the id that the SDK gives it.

    The actions a turn added take their ids at its end, in order, depth first; waits for events
    take none. A task with retries takes one more at once when an attempt fails (for a timer,
    after the last attempt too) and another when that timer fires (for the next attempt). Such
    an event leads its batch, so both sides count it before the actions of its turn.
    """

    def __init__(self, execution: str) -> None:
        self.tasks: dict[int, Task] = {}
        self.open: dict[int | str, Task] = {}
        self.external = ExternalEvents()
        self._execution = execution
        self._recorded: dict[int, Event] = {}
        self._numbered = 0
        self._now = ""

    def walk(self, events: list[Event], actions: list[Action]) -> list[Task]:
        """Go through the whole history and return the tasks that are not in it yet."""
        for event in events:
            self._observe(event, actions)
        self._number(len(actions), actions)
        for event in self._recorded.values():
            self._compare(event)
        for task in list(self.open.values()):
            if task.is_cancelled:
                del self.open[task.id]
        return [task for task in self.tasks.values() if task.id not in self._recorded]

    def _observe(self, event: Event, actions: list[Action]) -> None:
        kind = HistoryEventType(event["EventType"])
        if kind == HistoryEventType.ORCHESTRATOR_STARTED:
            self._now = event["Timestamp"]
        elif kind == HistoryEventType.ORCHESTRATOR_COMPLETED:
            self._number(event["ActionCount"], actions)
        elif kind == HistoryEventType.EVENT_RAISED:
            self._raised(event["Name"])
        elif kind == HistoryEventType.TIMER_FIRED:
            self._settle(event["TimerId"], failed=False)
        elif "TaskScheduledId" in event:
            self._settle(event["TaskScheduledId"], failed=_has_failed(kind))
        elif event["EventId"] >= 0:
            self._recorded[event["EventId"]] = event

    def _raised(self, name: str) -> None:
        if name in self.open:
            self._settle(name, failed=False)
        else:
            self.external.raised(name)

    def _number(self, count: int, actions: list[Action]) -> None:
        if count > len(actions):
            raise NonDeterministic(
                f"an earlier run scheduled {count} actions, the replay only {len(actions)}"
            )
        for action in actions[self._numbered : count]:
            self._take(action)
        self._numbered = max(self._numbered, count)

    def _take(self, action: Action) -> None:
        kind = action["actionType"]
        if kind in COMPOUND:
            for part in action["compoundActions"]:
                self._take(part)
        elif kind == ActionType.WAIT_FOR_EXTERNAL_EVENT:
            self.external.awaited(action["externalEventName"])
        elif kind in SCHEDULES:
            self._add(SCHEDULES[kind], action)

    def _add(self, kind: HistoryEventType, action: Action) -> Task:
        task = Task(len(self.tasks), kind, action, fire_at=action.get("fireAt", ""))
        self.tasks[task.id] = task
        if kind != HistoryEventType.EVENT_SENT:
            self.open[task.id] = task
            return task
        # The same at every replay: the entity's reply is found by it.
        task.message_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._execution}/{task.id}"))
        if action["actionType"] == ActionType.CALL_ENTITY:
            self.open[task.message_id] = task
        return task

    def _settle(self, key: int | str, *, failed: bool) -> None:
        task = self.open.pop(key, None)
        if task is None:
            return
        if failed and task.has_retries:
            timer = self._add(HistoryEventType.TIMER_CREATED, task.action)
            timer.retries = task
            timer.fire_at = self._retry_at(task)
        elif task.retries and task.retries.attempts_left:
            again = self._add(task.retries.kind, task.action)
            again.attempt = task.retries.attempt + 1

    def _retry_at(self, failed: Task) -> str:
        wait = failed.action["retryOptions"]["firstRetryIntervalInMilliseconds"]
        now = datetime.fromisoformat(self._now)
        return stamp(now + timedelta(milliseconds=wait if failed.attempts_left else 0))

    def _compare(self, event: Event) -> None:
        task = self.tasks.get(event["EventId"])
        was = (HistoryEventType(event["EventType"]).name, event.get("Name"))
        now = (task.kind.name, task.name) if task else None
        if was != now:
            raise NonDeterministic(f"task {event['EventId']} was {was}, the replay made it {now}")


def _has_failed(kind: HistoryEventType) -> bool:
    return kind in (
        HistoryEventType.TASK_FAILED,
        HistoryEventType.SUB_ORCHESTRATION_INSTANCE_FAILED,
    )
