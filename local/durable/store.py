"""The engine's state in one SQLite file.

A turn is one transaction (messages consumed, history appended, work scheduled) and so is an
activity's end (its row deleted, its result posted): activities run at least once, and their
results are recorded exactly once. WAL with synchronous=NORMAL hands every commit to the
operating system, so it outlives kill -9 of the process; a power cut may take the last moments.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from local.durable.records import ActivityCall, Instance, Message, Status
from local.durable.wire import Event
from local.errors import AlreadyRunning, PartFailed

_SCHEMA = Path(__file__).with_name("schema.sql")
_SCHEMA_VERSION = 1  # as PRAGMA user_version in the file


class Store:
    """Announces every message to `on_message` (receiver, due time) once it is committed."""

    _database: sqlite3.Connection

    def __init__(self, path: Path, on_message: Callable[[str, float], None]) -> None:
        self._path = path
        self._on_message = on_message
        self._after_commit: list[Callable[[], None]] = []

    def open(self) -> None:
        self._database = _open(self._path)

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Commit the block as one, then do what was asked for with after_commit."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            self._after_commit.clear()
            self._database.execute("ROLLBACK")
            raise
        todo, self._after_commit = self._after_commit, []
        for effect in todo:
            effect()

    def after_commit(self, effect: Callable[[], None]) -> None:
        assert self._database.in_transaction
        self._after_commit.append(effect)

    def find_instance(self, instance_id: str) -> Instance | None:
        row = self._database.execute(
            """
            SELECT id, execution, name, version, status, input, output, custom_status,
                created_at, updated_at, parent_id, parent_execution, parent_task, parent_retries
            FROM instances
            WHERE id = ?
            """,
            (instance_id,),
        ).fetchone()
        return Instance(*row) if row else None

    def list_instances(self, *, since: float, until: float, prefix: str) -> list[Instance]:
        rows = self._database.execute(
            """
            SELECT id, execution, name, version, status, input, output, custom_status,
                created_at, updated_at, parent_id, parent_execution, parent_task, parent_retries
            FROM instances
            WHERE created_at BETWEEN ? AND ? AND substr(id, 1, ?) = ?
            ORDER BY created_at
            """,
            (since, until, len(prefix), prefix),
        )
        return [Instance(*row) for row in rows]

    def ended_before(self, moment: float, limit: int) -> list[Instance]:
        """Return the oldest of the instances that had ended by then."""
        rows = self._database.execute(
            """
            SELECT id, execution, name, version, status, input, output, custom_status,
                created_at, updated_at, parent_id, parent_execution, parent_task, parent_retries
            FROM instances
            WHERE updated_at < ? AND status NOT IN ('Pending', 'Running', 'Suspended')
            ORDER BY updated_at
            LIMIT ?
            """,
            (moment, limit),
        )
        return [Instance(*row) for row in rows]

    def put_instance(self, instance: Instance) -> None:
        """Replace whatever had that id."""
        self.delete_instance(instance.id)
        self._database.execute(
            "INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            astuple(instance),
        )

    def delete_instance(self, instance_id: str) -> None:
        self.delete_work(instance_id)
        self._database.execute("DELETE FROM history WHERE instance_id = ?", (instance_id,))
        self._database.execute("DELETE FROM instances WHERE id = ?", (instance_id,))

    def delete_work(self, instance_id: str) -> None:
        self._database.execute("DELETE FROM messages WHERE receiver = ?", (instance_id,))
        self._database.execute("DELETE FROM activities WHERE instance_id = ?", (instance_id,))

    def note_turn(self, instance_id: str, custom_status: str | None) -> None:
        self._database.execute(
            """
            UPDATE instances
            SET status = CASE status WHEN 'Pending' THEN 'Running' ELSE status END,
                custom_status = ?, updated_at = ?
            WHERE id = ?
            """,
            (custom_status, time.time(), instance_id),
        )

    def set_status(self, instance_id: str, status: Status, output: str | None = None) -> None:
        self._database.execute(
            "UPDATE instances SET status = ?, output = ?, updated_at = ? WHERE id = ?",
            (status, output, time.time(), instance_id),
        )

    def begin_execution(self, instance_id: str, execution: str, raw_input: str | None) -> None:
        """Forget what happened, but not the messages that wait: none of them leads any more."""
        self._database.execute("DELETE FROM history WHERE instance_id = ?", (instance_id,))
        self._database.execute("UPDATE messages SET leads = 0 WHERE receiver = ?", (instance_id,))
        self._database.execute(
            "UPDATE instances SET execution = ?, input = ? WHERE id = ?",
            (execution, raw_input, instance_id),
        )

    def history(self, instance_id: str) -> list[str]:
        rows = self._database.execute(
            "SELECT event FROM history WHERE instance_id = ? ORDER BY position", (instance_id,)
        )
        return [event for (event,) in rows]

    def append_history(self, instance_id: str, position: int, events: list[Event]) -> None:
        self._database.executemany(
            "INSERT INTO history VALUES (?, ?, ?)",
            [
                (instance_id, position + offset, json.dumps(event | {"IsPlayed": True}))
                for offset, event in enumerate(events)
            ],
        )

    def post(
        self,
        receiver: str,
        content: Event,
        *,
        execution: str | None = None,
        due_at: float = 0.0,
        leads: bool = False,
    ) -> None:
        """Leave a message; with an execution, only that one will read it."""
        self._database.execute(
            """
            INSERT INTO messages (receiver, execution, due_at, leads, content)
            VALUES (?, ?, ?, ?, ?)
            """,
            (receiver, execution, due_at, leads, json.dumps(content)),
        )
        self.announce(receiver, due_at)

    def announce(self, receiver: str, due_at: float = 0.0) -> None:
        self.after_commit(lambda: self._on_message(receiver, due_at))

    def due_messages(self, receiver: str) -> list[Message]:
        rows = self._database.execute(
            """
            SELECT id, receiver, execution, due_at, leads, content
            FROM messages
            WHERE receiver = ? AND due_at <= ?
            ORDER BY due_at, id
            """,
            (receiver, time.time()),
        )
        return [Message(*row) for row in rows]

    def delete_messages(self, messages: Iterable[Message]) -> None:
        self._database.executemany(
            "DELETE FROM messages WHERE id = ?", [(message.id,) for message in messages]
        )

    def receivers_due(self, now: float) -> list[str]:
        rows = self._database.execute(
            "SELECT DISTINCT receiver FROM messages WHERE due_at <= ?", (now,)
        )
        return [receiver for (receiver,) in rows]

    def next_due(self, now: float) -> float | None:
        (due_at,) = self._database.execute(
            "SELECT min(due_at) FROM messages WHERE due_at > ?", (now,)
        ).fetchone()
        return due_at

    def add_activity(
        self, instance: Instance, task: int, name: str, raw_input: str, *, retries: bool
    ) -> ActivityCall:
        cursor = self._database.execute(
            """
            INSERT INTO activities (instance_id, execution, task, name, input, retries)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            (instance.id, instance.execution, task, name, raw_input, retries),
        )
        assert cursor.lastrowid
        return ActivityCall(
            cursor.lastrowid, instance.id, instance.execution, task, name, raw_input, retries
        )

    def waiting_activities(self) -> list[ActivityCall]:
        rows = self._database.execute(
            """
            SELECT id, instance_id, execution, task, name, input, retries, attempts
            FROM activities
            ORDER BY id
            """
        )
        return [ActivityCall(*row) for row in rows]

    def begin_activity(self, call: ActivityCall) -> bool:
        """Count the attempt; False if the orchestration that wanted it has ended."""
        cursor = self._database.execute(
            "UPDATE activities SET attempts = attempts + 1 WHERE id = ?", (call.id,)
        )
        return cursor.rowcount == 1

    def put_activity_back(self, call: ActivityCall) -> None:
        self._database.execute(
            "UPDATE activities SET attempts = attempts - 1 WHERE id = ?", (call.id,)
        )

    def end_activity(self, call: ActivityCall) -> None:
        self._database.execute("DELETE FROM activities WHERE id = ?", (call.id,))

    def find_entity(self, entity_id: str) -> str | None:
        """Return the state of the entity, as JSON text, if it exists."""
        row = self._database.execute(
            "SELECT state FROM entities WHERE id = ?", (entity_id,)
        ).fetchone()
        return row[0] if row else None

    def put_entity(self, entity_id: str, state: str | None) -> None:
        self._database.execute("DELETE FROM entities WHERE id = ?", (entity_id,))
        if state is not None:
            self._database.execute("INSERT INTO entities VALUES (?, ?)", (entity_id, state))


def _open(path: Path) -> sqlite3.Connection:
    """Take the file for this process alone; the lock ends with the process, however it ends."""
    path.touch(mode=0o600)
    database = sqlite3.connect(path, timeout=0.2, isolation_level=None)
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            database.executescript(_SCHEMA.read_text())
        database.execute("BEGIN EXCLUSIVE")
        database.execute("COMMIT")
    except sqlite3.OperationalError as error:
        database.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise AlreadyRunning(f"Another process uses {path}: stop it first.") from error
    if version not in (0, _SCHEMA_VERSION):
        database.close()
        raise PartFailed(
            f"{path} was written by another version of the durable engine: "
            "reset the local stack to begin afresh."
        )
    return database
