"""Entities: small named states that take one batch of operations at a time."""

import json
import uuid
from concurrent.futures import Executor
from typing import Any

from azure.durable_functions.models.history import HistoryEventType
from azure.functions import EntityContext

from local.durable.functions import DurableFunctions, ask
from local.durable.records import Instance, Message
from local.durable.store import Store
from local.durable.wire import Event, event, stamp


def entity_id_of(name: str, key: str) -> str:
    return f"@{name.lower()}@{key}"


def is_entity(receiver: str) -> bool:
    return receiver.startswith("@")


def request(operation: str, raw_input: str, *, message_id: str, reply_to: Instance | None) -> Event:
    return {
        "id": message_id,
        "operation": operation,
        "input": raw_input,
        "parent": reply_to.id if reply_to else None,
        "execution": reply_to.execution if reply_to else None,
    }


class Entities:
    def __init__(self, store: Store, functions: DurableFunctions, threads: Executor) -> None:
        self._store = store
        self._functions = functions
        self._threads = threads

    def signal(self, entity_id: str, operation: str, raw_input: str) -> None:
        asked = request(operation, raw_input, message_id=str(uuid.uuid4()), reply_to=None)
        with self._store.transaction():
            self._store.post(entity_id, asked)

    def state(self, entity_id: str) -> str | None:
        return self._store.find_entity(entity_id)

    def give_up(self, entity_id: str) -> None:
        """Drop what the entity cannot be told, or it would be tried again at every start."""
        with self._store.transaction():
            self._store.delete_messages(self._store.due_messages(entity_id))

    async def take_turn(self, entity_id: str) -> None:
        messages = self._store.due_messages(entity_id)
        if not messages:
            return
        requests: list[Event] = [json.loads(message.content) for message in messages]
        state = self._store.find_entity(entity_id)
        outcome = await self._operate(entity_id, state, requests)
        with self._store.transaction():
            self._record(entity_id, messages, requests, outcome)

    async def _operate(
        self, entity_id: str, state: str | None, requests: list[Event]
    ) -> dict[str, Any]:
        name, _ = _name_and_key(entity_id)
        function = self._functions.entity(name)
        if function is None:
            return _refusal(state, requests, f"The entity function '{name}' does not exist")
        context = EntityContext(_context_body(entity_id, state, requests))
        try:
            return json.loads(await ask(function, context, self._threads))
        except Exception as error:  # noqa: BLE001 - whatever it is, those who asked hear it
            return _refusal(state, requests, f"{type(error).__name__}: {error}")

    def _record(
        self,
        entity_id: str,
        messages: list[Message],
        requests: list[Event],
        outcome: dict[str, Any],
    ) -> None:
        self._store.delete_messages(messages)
        self._store.put_entity(
            entity_id, outcome["entityState"] if outcome["entityExists"] else None
        )
        for asked, result in zip(requests, outcome["results"], strict=True):
            if asked["parent"]:
                reply = {"result": result["result"]}
                if result["isError"]:
                    reply["exceptionType"] = "Error"
                raised = event(
                    HistoryEventType.EVENT_RAISED,
                    stamp(),
                    Name=asked["id"],
                    Input=json.dumps(reply),
                )
                self._store.post(asked["parent"], raised, execution=asked["execution"])


def _context_body(entity_id: str, state: str | None, requests: list[Event]) -> str:
    name, key = _name_and_key(entity_id)
    return json.dumps(
        {
            "self": {"name": name, "key": key},
            "exists": state is not None,
            "state": state,
            "batch": [
                {
                    "name": asked["operation"],
                    "input": asked["input"],
                    "isSignal": asked["parent"] is None,
                }
                for asked in requests
            ],
        }
    )


def _name_and_key(entity_id: str) -> tuple[str, str]:
    _, name, key = entity_id.split("@", 2)
    return name, key


def _refusal(state: str | None, requests: list[Event], why: str) -> dict[str, Any]:
    return {
        "entityExists": state is not None,
        "entityState": state,
        "results": [{"isError": True, "result": json.dumps(why)} for _ in requests],
    }
