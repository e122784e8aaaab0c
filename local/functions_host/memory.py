"""What the host remembers across restarts and crashes: timers' last runs, and blobs.

In Azure the runs and the blobs that are known are blobs of the container azure-webjobs-hosts,
and what is to be delivered are messages of a queue; here it is one SQLite file, which a kill -9
leaves whole.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SCHEMA = """
DROP TABLE IF EXISTS receipts;
CREATE TABLE IF NOT EXISTS timers (
    function TEXT PRIMARY KEY,
    last_run TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS known_blobs (
    function TEXT NOT NULL,
    blob TEXT NOT NULL,
    etag TEXT NOT NULL,
    PRIMARY KEY (function, blob)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    function TEXT NOT NULL,
    blob TEXT NOT NULL,
    etag TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    is_poison INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS dead_letters (
    function TEXT NOT NULL,
    blob TEXT NOT NULL,
    reason TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class BlobMessage:
    """A blob to be given to a function; with an ETag, only while the blob still has that one."""

    id: int
    function: str
    blob: str  # container/name
    etag: str | None


@dataclass(frozen=True)
class Poisoned:
    """A blob its function has failed on so often that the host gave up."""

    function: str
    blob: str


@dataclass(frozen=True)
class DeadLetter:
    """An event that could not be delivered to the host's webhook."""

    function: str
    blob: str
    reason: str


class Memory:
    def __init__(self, file: Path) -> None:
        # Autocommit: each statement is on disk, as far as a dying process goes, when it returns.
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)

    def close(self) -> None:
        self._database.close()

    def last_run(self, function: str) -> datetime | None:
        row = self._database.execute(
            "SELECT last_run FROM timers WHERE function = ?", (function,)
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def note_run(self, function: str, at: datetime) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO timers (function, last_run) VALUES (?, ?)",
            (function, at.isoformat()),
        )

    def known_blobs(self, function: str) -> dict[str, str]:
        """The ETag of every blob the function need not be told of again."""
        rows = self._database.execute(
            "SELECT blob, etag FROM known_blobs WHERE function = ?", (function,)
        )
        return dict(rows.fetchall())

    def note_blob(self, function: str, blob: str, etag: str) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO known_blobs (function, blob, etag) VALUES (?, ?, ?)",
            (function, blob, etag),
        )

    def post(self, function: str, blob: str, etag: str | None = None) -> BlobMessage:
        cursor = self._database.execute(
            "INSERT INTO messages (function, blob, etag) VALUES (?, ?, ?)", (function, blob, etag)
        )
        assert cursor.lastrowid
        return BlobMessage(cursor.lastrowid, function, blob, etag)

    def waiting_messages(self) -> list[BlobMessage]:
        rows = self._database.execute(
            "SELECT id, function, blob, etag FROM messages WHERE NOT is_poison ORDER BY id"
        )
        return [BlobMessage(*row) for row in rows]

    def start_try(self, message: BlobMessage) -> int:
        """Count a try before it is made, so that a blob which kills the host is counted too."""
        row = self._database.execute(
            "UPDATE messages SET tries = tries + 1 WHERE id = ? RETURNING tries", (message.id,)
        ).fetchone()
        return int(row[0])

    def settle(self, message: BlobMessage) -> None:
        self._database.execute("DELETE FROM messages WHERE id = ?", (message.id,))

    def give_up(self, message: BlobMessage) -> None:
        """Keep it as poison, once, however many messages there were of that blob."""
        self.forgive(message.function, message.blob)
        self._database.execute("UPDATE messages SET is_poison = 1 WHERE id = ?", (message.id,))

    def forgive(self, function: str, blob: str) -> None:
        self._database.execute(
            "DELETE FROM messages WHERE is_poison AND function = ? AND blob = ?", (function, blob)
        )

    def poisoned_blobs(self) -> list[Poisoned]:
        rows = self._database.execute(
            "SELECT function, blob FROM messages WHERE is_poison ORDER BY blob, function"
        )
        return [Poisoned(*row) for row in rows]

    def note_dead_letter(self, letter: DeadLetter) -> None:
        self._database.execute(
            "INSERT INTO dead_letters (function, blob, reason) VALUES (?, ?, ?)",
            (letter.function, letter.blob, letter.reason),
        )

    def dead_letters(self) -> list[DeadLetter]:
        rows = self._database.execute("SELECT function, blob, reason FROM dead_letters")
        return [DeadLetter(*row) for row in rows]
