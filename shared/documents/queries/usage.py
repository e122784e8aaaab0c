"""How much of the firm's room its documents take. The database keeps the sum, see 0020."""

from shared.platform.db import Tx


async def count_stored_bytes(tx: Tx) -> int:
    """With what this transaction has added: until it ends, nobody else adds anything."""
    return await tx.value(int, "SELECT coalesce((SELECT stored_bytes FROM organization_usage), 0)")
