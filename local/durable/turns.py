"""One turn of an orchestrator: it is told what happened, and what it decides is kept."""

import json
from concurrent.futures import Executor
from dataclasses import dataclass

from azure.durable_functions.models.history import HistoryEventType
from azure.functions import OrchestrationContext

from local.durable.audit import Audit
from local.durable.functions import DurableFunctions, ask
from local.durable.instances import Instances
from local.durable.numbering import NonDeterministic, Numbering, Task
from local.durable.records import Instance, Message, Status
from local.durable.scheduling import Scheduling
from local.durable.store import Store
from local.durable.wire import Answer, Event, context_body, event, read_answer, read_failure, stamp


@dataclass(frozen=True, slots=True)
class Turn:
    instance: Instance
    past: list[str]
    new: list[Event]
    consumed: list[Message]
    now: str
    has_more: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What the orchestrator said, and which of it is new."""

    answer: Answer
    tasks: list[Task]
    has_open_tasks: bool

    @property
    def ends(self) -> bool:
        """As on Azure, a story that has said its last word waits for the work it left open."""
        return self.answer.has_ended and not self.has_open_tasks


class Turns:
    def __init__(
        self,
        store: Store,
        functions: DurableFunctions,
        instances: Instances,
        scheduling: Scheduling,
        threads: Executor,
    ) -> None:
        self._store = store
        self._functions = functions
        self._instances = instances
        self._scheduling = scheduling
        self._threads = threads
        self._audit = Audit()

    async def take(self, instance_id: str) -> None:
        turn = self._next(instance_id)
        if turn is None:
            return
        answer = await self._ask(turn)
        decision = self._decide(turn, answer)
        with self._store.transaction():
            # A person may have terminated it while its code ran.
            still = self._store.find_instance(instance_id)
            if still and still.execution == turn.instance.execution and not still.has_ended:
                self._record(turn, decision)

    def _next(self, instance_id: str) -> Turn | None:
        instance = self._store.find_instance(instance_id)
        if instance and instance.status == Status.SUSPENDED:
            return None
        messages = self._store.due_messages(instance_id)
        mine = [m for m in messages if instance and _is_for(instance, m)]
        if instance is None or not mine:
            with self._store.transaction():
                self._store.delete_messages(messages)
            return None
        batch = batch_of(mine)
        now = stamp()
        return Turn(
            instance=instance,
            past=self._store.history(instance_id),
            new=[
                event(HistoryEventType.ORCHESTRATOR_STARTED, now),
                *(json.loads(message.content) for message in batch),
            ],
            consumed=batch,
            now=now,
            has_more=len(batch) < len(mine),
        )

    async def _ask(self, turn: Turn) -> Answer:
        instance = turn.instance
        function = self._functions.orchestrator(instance.name)
        if function is None:
            return Answer(
                actions=None, error=f"The orchestrator function '{instance.name}' does not exist"
            )
        new = [json.dumps(event) for event in turn.new]
        body = context_body(instance.id, instance.parent_id, instance.input, turn.past, new)
        try:
            return read_answer(await ask(function, OrchestrationContext(body), self._threads))
        except Exception as error:  # noqa: BLE001 - the SDK hands over every failure this way
            return read_failure(error)

    def _decide(self, turn: Turn, answer: Answer) -> Decision:
        if answer.actions is None:
            return Decision(answer, tasks=[], has_open_tasks=False)
        past: list[Event] = json.loads(f"[{','.join(turn.past)}]")
        events = past + turn.new
        numbering = Numbering(turn.instance.execution)
        try:
            tasks = numbering.walk(events, answer.actions)
        except NonDeterministic as error:
            broken = Answer(actions=None, error=f"Non-Deterministic workflow detected: {error}")
            return Decision(broken, tasks=[], has_open_tasks=False)
        self._audit.check(turn.instance.id, numbering, events, answer.actions)
        return Decision(answer, tasks, has_open_tasks=bool(numbering.open))

    def _record(self, turn: Turn, decision: Decision) -> None:
        instance, answer = turn.instance, decision.answer
        self._store.delete_messages(turn.consumed)
        completed = event(
            HistoryEventType.ORCHESTRATOR_COMPLETED,
            turn.now,
            ActionCount=len(answer.actions or []),
        )
        scheduled = [self._scheduling.schedule(instance, task, turn.now) for task in decision.tasks]
        self._store.append_history(instance.id, len(turn.past), [*turn.new, *scheduled, completed])
        custom_status = None if answer.custom_status is None else json.dumps(answer.custom_status)
        self._store.note_turn(instance.id, custom_status)
        if decision.ends:
            self._end(instance, answer)
        elif turn.has_more:
            self._store.announce(instance.id)

    def _end(self, instance: Instance, answer: Answer) -> None:
        if answer.error is not None:
            text = f"Orchestrator function '{instance.name}' failed: {answer.error}"
            self._instances.end(instance, Status.FAILED, text)
        elif answer.continuation:
            self._instances.continue_as_new(instance, answer.continuation["input"])
        else:
            self._instances.end(instance, Status.COMPLETED, answer.output)


def _is_for(instance: Instance, message: Message) -> bool:
    """What an earlier execution scheduled is nothing to the one that continued as new."""
    return message.execution in (None, instance.execution) and not instance.has_ended


def batch_of(messages: list[Message]) -> list[Message]:
    """End before the next message that has to lead a batch."""
    for position, message in enumerate(messages):
        if position and message.leads:
            return messages[:position]
    return messages
