"""The life of an orchestration from outside: started, told, paused, ended, forgotten."""

import json
import time
import uuid
from dataclasses import replace

from azure.durable_functions.models.history import HistoryEventType

from local.durable.functions import DurableFunctions
from local.durable.numbering import Task
from local.durable.records import Instance, Status
from local.durable.store import Store
from local.durable.wire import event, stamp


class UnknownFunction(Exception):
    """The app has no orchestrator of that name."""


class AlreadyExists(Exception):
    """An instance with that id has not ended."""


class Instances:
    def __init__(self, store: Store, functions: DurableFunctions) -> None:
        self._store = store
        self._functions = functions

    def start(
        self, name: str, raw_input: str | None, *, instance_id: str | None = None, version: str = ""
    ) -> str:
        instance = _new(instance_id or uuid.uuid4().hex, name, raw_input, version)
        with self._store.transaction():
            self._begin(instance)
        return instance.id

    def start_child(self, parent: Instance, task: Task) -> str:
        """Begin the sub-orchestration of a task, or tell the parent at once why it cannot be."""
        action = task.action
        child_id: str = action.get("instanceId") or f"{parent.execution}:{task.id:04x}"
        child = _new(child_id, action["functionName"], action["input"], action.get("version") or "")
        child = replace(
            child,
            parent_id=parent.id,
            parent_execution=parent.execution,
            parent_task=task.id,
            parent_retries=task.has_retries,
        )
        try:
            self._begin(child)
        except (UnknownFunction, AlreadyExists) as error:
            self._tell_parent(child, Status.FAILED, str(error))
        return child_id

    def continue_as_new(self, instance: Instance, raw_input: str | None) -> None:
        execution = uuid.uuid4().hex
        self._store.begin_execution(instance.id, execution, raw_input)
        self._post_start(replace(instance, execution=execution, input=raw_input), first=True)

    def end(self, instance: Instance, status: Status, output: object) -> None:
        """Nothing that still waits for the instance outlives it."""
        self._store.set_status(instance.id, status, json.dumps(output))
        self._store.delete_work(instance.id)
        self._tell_parent(instance, status, output)

    def give_up(self, instance_id: str, error: Exception) -> None:
        instance = self._store.find_instance(instance_id)
        if instance and not instance.has_ended:
            with self._store.transaction():
                self.end(instance, Status.FAILED, f"The engine cannot run it: {error!r}")

    def raise_event(self, instance_id: str, name: str, raw_input: str) -> None:
        raised = event(HistoryEventType.EVENT_RAISED, stamp(), Name=name, Input=raw_input)
        with self._store.transaction():
            self._store.post(instance_id, raised)

    def terminate(self, instance: Instance, reason: str | None) -> None:
        with self._store.transaction():
            self.end(instance, Status.TERMINATED, reason)

    def suspend(self, instance: Instance) -> None:
        with self._store.transaction():
            self._store.set_status(instance.id, Status.SUSPENDED)

    def resume(self, instance: Instance) -> None:
        """What arrived in the meantime is still there: it is announced again."""
        with self._store.transaction():
            self._store.set_status(instance.id, Status.RUNNING)
            self._store.announce(instance.id)

    def restart(self, instance: Instance, *, with_new_id: bool) -> str:
        return self.start(
            instance.name,
            instance.input,
            instance_id=None if with_new_id else instance.id,
            version=instance.version,
        )

    def purge(self, instances: list[Instance]) -> int:
        """Forget those that have ended, and say how many that was."""
        ended = [instance for instance in instances if instance.has_ended]
        with self._store.transaction():
            for instance in ended:
                self._store.delete_instance(instance.id)
        return len(ended)

    def _begin(self, instance: Instance) -> None:
        if self._functions.orchestrator(instance.name) is None:
            raise UnknownFunction(
                f"The function '{instance.name}' doesn't exist, is disabled, "
                "or is not an orchestrator function."
            )
        old = self._store.find_instance(instance.id)
        if old and not old.has_ended:
            raise AlreadyExists(
                f"An Orchestration instance with the status {old.status} already exists."
            )
        self._store.put_instance(instance)
        self._post_start(instance)

    def _post_start(self, instance: Instance, *, first: bool = False) -> None:
        started = event(
            HistoryEventType.EXECUTION_STARTED,
            stamp(),
            Name=instance.name,
            Version=instance.version,
            Input=instance.input,
            Tags=None,
            ParentInstance=None,
            OrchestrationInstance={"InstanceId": instance.id, "ExecutionId": instance.execution},
        )
        # Before the events that waited through a continue-as-new, which are due at 0.
        due_at = -1.0 if first else 0.0
        self._store.post(instance.id, started, execution=instance.execution, due_at=due_at)

    def _tell_parent(self, child: Instance, status: Status, output: object) -> None:
        if child.parent_id is None:
            return
        if status == Status.COMPLETED:
            told = event(
                HistoryEventType.SUB_ORCHESTRATION_INSTANCE_COMPLETED,
                stamp(),
                TaskScheduledId=child.parent_task,
                Result=json.dumps(output),
            )
        else:
            told = event(
                HistoryEventType.SUB_ORCHESTRATION_INSTANCE_FAILED,
                stamp(),
                TaskScheduledId=child.parent_task,
                Reason=output,
                Details="",
            )
        self._store.post(
            child.parent_id,
            told,
            execution=child.parent_execution,
            leads=bool(child.parent_retries) and status != Status.COMPLETED,
        )


def _new(instance_id: str, name: str, raw_input: str | None, version: str) -> Instance:
    now = time.time()
    return Instance(
        id=instance_id,
        execution=uuid.uuid4().hex,
        name=name,
        version=version,
        status=Status.PENDING,
        input=raw_input,
        output=None,
        custom_status=None,
        created_at=now,
        updated_at=now,
    )
