"""Warns about orchestrations that work here and would hang on Azure.

The .NET host awaits the actions it is given one after another (WhenAll: all have settled,
WhenAny: the first has) and counts ids as it goes. Where its ids differ from the SDK's, an
orchestration waits for ever although the SDK alone is content (SDK issue #603).
"""

import json
import logging
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from azure.durable_functions.constants import HTTP_ACTION_NAME
from azure.durable_functions.models.actions import ActionType
from azure.durable_functions.models.history import HistoryEventType

from local.durable.numbering import Numbering
from local.durable.wire import COMPOUND, Action, Event

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Awaited:
    """An action as the .NET host awaits it."""

    name: str | None = None
    is_settled: bool = False
    attempts_left: int = 1
    has_retries: bool = False
    sleeps: bool = False
    parts: list["_Awaited"] = field(default_factory=list["_Awaited"])
    needs_all: bool = True

    @property
    def is_done(self) -> bool:
        if not self.parts:
            return self.is_settled
        done = [part.is_done for part in self.parts]
        return all(done) if self.needs_all else any(done)


class AzureNumbering:
    """Which id Azure's host would give to which function, for one history and its actions."""

    def __init__(self, events: list[Event], actions: list[Action]) -> None:
        self.names: dict[int, str | None] = {}
        self._open: dict[int | str, _Awaited] = {}
        self._early: Counter[str] = Counter()
        self._waits: defaultdict[str, list[_Awaited]] = defaultdict(list)
        self._actions = iter(actions)
        self._current = _Awaited(is_settled=True)
        for event in events:
            if self._observe(event):
                self._advance()

    def _advance(self) -> None:
        while self._current.is_done:
            action = next(self._actions, None)
            if action is None:
                return
            self._current = self._begin(action)

    def _observe(self, event: Event) -> bool:
        """Take in what happened; False if the host would not run on because of it."""
        kind = event["EventType"]
        if kind == HistoryEventType.TIMER_FIRED:
            self._settle(event["TimerId"], failed=False)
        elif kind == HistoryEventType.EVENT_RAISED:
            self._raised(event["Name"])
        elif kind == HistoryEventType.EVENT_SENT:
            self._rename(event)
        elif "TaskScheduledId" in event:
            failed = kind in (
                HistoryEventType.TASK_FAILED,
                HistoryEventType.SUB_ORCHESTRATION_INSTANCE_FAILED,
            )
            self._settle(event["TaskScheduledId"], failed=failed)
        else:
            return kind == HistoryEventType.EXECUTION_STARTED
        return True

    def _rename(self, sent: Event) -> None:
        """An entity's reply comes under the id of the message, not of the task."""
        task = self._open.pop(sent["EventId"], None)
        if task is not None:
            self._open[json.loads(sent["Input"])["id"]] = task

    def _raised(self, name: str) -> None:
        if name in self._open:
            self._settle(name, failed=False)
        elif self._waits[name]:
            self._waits[name].pop().is_settled = True
        else:
            self._early[name] += 1

    def _begin(self, action: Action) -> _Awaited:
        kind = action["actionType"]
        if kind in COMPOUND:
            parts = [self._begin(part) for part in action["compoundActions"]]
            return _Awaited(
                parts=parts, is_settled=not parts, needs_all=kind == ActionType.WHEN_ALL
            )
        if kind == ActionType.WAIT_FOR_EXTERNAL_EVENT:
            return self._wait(action["externalEventName"])
        if kind == ActionType.CONTINUE_AS_NEW:
            return _Awaited(is_settled=True)
        return self._number(_awaited(action))

    def _wait(self, name: str) -> _Awaited:
        wait = _Awaited()
        if self._early[name]:
            self._early[name] -= 1
            wait.is_settled = True
        else:
            self._waits[name].append(wait)
        return wait

    def _number(self, task: _Awaited) -> _Awaited:
        task_id = len(self.names)
        self.names[task_id] = None if task.sleeps else task.name
        self._open[task_id] = task
        return task

    def _settle(self, key: int | str, *, failed: bool) -> None:
        task = self._open.pop(key, None)
        if task is None:
            return
        if task.sleeps:
            task.sleeps = False
            if task.attempts_left:
                self._number(task)
            else:
                task.is_settled = True
        elif failed and task.has_retries:
            task.attempts_left -= 1
            task.sleeps = True
            self._number(task)
        else:
            task.is_settled = True


class Audit:
    """Says each thing once for each instance."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()

    def check(
        self, instance_id: str, numbering: Numbering, events: list[Event], actions: list[Action]
    ) -> None:
        azure = AzureNumbering(events, actions).names
        ours = {task.id: task.name for task in numbering.tasks.values()}
        wrong = [task for task in ours if task in azure and azure[task] != ours[task]]
        late = sorted(ours.keys() - azure.keys())
        if wrong:
            task = wrong[0]
            self._warn(
                instance_id,
                f"Azure's host would number task {task} as {azure[task]}, the SDK expects "
                f"{ours[task]}: this orchestrator can hang on Azure (SDK issue #603)",
            )
        elif late:
            self._warn(
                instance_id,
                f"on Azure task {late[0]} ({ours[late[0]]}) would only start when every sibling "
                "of the failed task_all has ended",
            )
        for warning in numbering.external.warnings:
            self._warn(instance_id, warning)

    def _warn(self, instance_id: str, text: str) -> None:
        if (instance_id, text) not in self._said:
            self._said.add((instance_id, text))
            _log.warning("%s: %s", instance_id, text)


def _awaited(action: Action) -> _Awaited:
    kind = action["actionType"]
    name = action.get("functionName") or action.get("operation")
    options = action.get("retryOptions")
    return _Awaited(
        name=HTTP_ACTION_NAME if kind == ActionType.CALL_HTTP else name,
        is_settled=kind == ActionType.SIGNAL_ENTITY or bool(action.get("isCanceled")),
        attempts_left=options["maxNumberOfAttempts"] if options else 1,
        has_retries=options is not None,
    )
