"""Counts what a request asks of Postgres, by listening where the driver sends it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from psycopg import AsyncCursor


@dataclass
class Count:
    statements: list[str] = field(default_factory=list[str])

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def counting() -> Generator[Count]:
    """Every statement of this process, the one that opens a transaction as one."""
    count = Count()
    execute: Any = AsyncCursor.execute

    async def counted(self: AsyncCursor[Any], query: Any, *args: Any, **kwargs: Any) -> Any:
        text = query.decode() if isinstance(query, bytes) else query
        count.statements.append(" ".join(text.split()))
        return await execute(self, query, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AsyncCursor, "execute", counted)
        yield count
