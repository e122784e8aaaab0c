"""What the host remembers across restarts and crashes: timers' last runs, blobs' receipts.

In Azure both are blobs in the container azure-webjobs-hosts; here a SQLite file,
which a kill -9 leaves whole.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS timers (
    function TEXT PRIMARY KEY,
    last_run TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS receipts (
    function TEXT NOT NULL,
    blob TEXT NOT NULL,
    etag TEXT NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'done', 'poisoned')),
    PRIMARY KEY (function, blob)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Poisoned:
    """A blob its function has failed on so often that the host gave up."""

    function: str
    blob: str
    etag: str


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

    def settled_blobs(self, function: str) -> dict[str, str]:
        """The ETag of every blob the function need not see again."""
        rows = self._database.execute(
            "SELECT blob, etag FROM receipts WHERE function = ? AND state <> 'started'",
            (function,),
        )
        return dict(rows.fetchall())

    def start_try(self, function: str, blob: str, etag: str) -> int:
        """Count a try before it is made, so that a blob which kills the host is counted too."""
        row = self._database.execute(
            """
            INSERT INTO receipts (function, blob, etag, tries, state)
            VALUES (?, ?, ?, 1, 'started')
            ON CONFLICT (function, blob) DO UPDATE
            SET tries = CASE WHEN etag = excluded.etag THEN tries + 1 ELSE 1 END,
                etag = excluded.etag,
                state = 'started'
            RETURNING tries
            """,
            (function, blob, etag),
        ).fetchone()
        return int(row[0])

    def settle(self, function: str, blob: str, *, is_poison: bool = False) -> None:
        self._database.execute(
            "UPDATE receipts SET state = ? WHERE function = ? AND blob = ?",
            ("poisoned" if is_poison else "done", function, blob),
        )

    def poisoned_blobs(self) -> list[Poisoned]:
        rows = self._database.execute(
            "SELECT function, blob, etag FROM receipts WHERE state = 'poisoned' ORDER BY blob"
        )
        return [Poisoned(*row) for row in rows]
