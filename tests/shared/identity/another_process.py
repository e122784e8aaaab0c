"""Lets callers in, as another worker of the app would; its clock can be ahead.

``python -m tests.shared.identity.another_process`` reads the issuer's public key, then questions,
one JSON object a line, and answers each with "in" or with the code of the refusal.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import time_machine

from shared.identity import callers
from shared.platform import db, tokens
from shared.platform.actor import Origin
from shared.platform.errors import AppError


async def answer(credential: str, ahead: float) -> str:
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead)):
        try:
            await callers.identify(credential, None, Origin())
        except AppError as refused:
            return refused.code
    return "in"


async def main() -> None:
    published: dict[str, Any] = json.loads(sys.stdin.readline())
    keys = tokens.key_sets()[published["issuer"]].keys
    keys[published["kid"]] = jwt.PyJWK(published["jwk"])
    for line in sys.stdin:
        print(await answer(**json.loads(line)), flush=True)  # noqa: T201 - it is how it answers
    await db.pool().close()


if __name__ == "__main__":
    asyncio.run(main())
