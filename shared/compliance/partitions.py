"""Having a partition of the audit trail for every month."""

from shared.compliance.queries import partitions as queries


async def ensure_partitions() -> int:
    """For this month and the next two; returns how many were missing.

    An entry of a month without one is kept in the default partition, and moved by this.
    """
    return await queries.ensure_partitions()
