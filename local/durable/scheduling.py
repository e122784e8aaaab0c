"""What a turn decided, as events of the history and as work that outlives the process."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from azure.durable_functions.models.actions import ActionType
from azure.durable_functions.models.history import HistoryEventType

from local.durable.activities import Activities
from local.durable.entities import request
from local.durable.instances import Instances
from local.durable.numbering import Task
from local.durable.records import Instance
from local.durable.store import Store
from local.durable.wire import Event, event


class Scheduling:
    def __init__(self, store: Store, instances: Instances, activities: Activities) -> None:
        self._store = store
        self._instances = instances
        self._activities = activities

    def schedule(self, instance: Instance, task: Task, now: str) -> Event:
        """Write the task's work inside the caller's transaction and return the event about it."""
        match task.kind:
            case HistoryEventType.TASK_SCHEDULED:
                fields = self._activity(instance, task)
            case HistoryEventType.TIMER_CREATED:
                fields = self._timer(instance, task)
            case HistoryEventType.SUB_ORCHESTRATION_INSTANCE_CREATED:
                fields = self._child(instance, task)
            case _:
                fields = self._entity_request(instance, task)
        return event(task.kind, now, task.id, **fields)

    def _activity(self, instance: Instance, task: Task) -> dict[str, Any]:
        action = task.action
        raw_input = action["input"] if "input" in action else json.dumps(action["httpRequest"])
        assert task.name
        call = self._store.add_activity(
            instance, task.id, task.name, raw_input, retries=task.has_retries
        )
        self._store.after_commit(partial(self._activities.launch, call))
        return {"Name": task.name, "Version": "", "Input": raw_input}

    def _timer(self, instance: Instance, task: Task) -> dict[str, Any]:
        fired = event(
            HistoryEventType.TIMER_FIRED, task.fire_at, TimerId=task.id, FireAt=task.fire_at
        )
        due_at = datetime.fromisoformat(task.fire_at).timestamp()
        self._store.post(
            instance.id,
            fired,
            execution=instance.execution,
            due_at=due_at,
            leads=task.retries is not None,
        )
        return {"FireAt": task.fire_at}

    def _child(self, instance: Instance, task: Task) -> dict[str, Any]:
        child_id = self._instances.start_child(instance, task)
        return {"Name": task.name, "InstanceId": child_id, "Input": task.action["input"]}

    def _entity_request(self, instance: Instance, task: Task) -> dict[str, Any]:
        action = task.action
        is_signal = action["actionType"] == ActionType.SIGNAL_ENTITY
        asked = request(
            action["operation"],
            json.dumps(action["input"]),
            message_id=task.message_id,
            reply_to=None if is_signal else instance,
        )
        self._store.post(action["instanceId"], asked)
        return {
            "InstanceId": action["instanceId"],
            "Name": action["operation"],
            "Input": json.dumps(asked),
        }
