"""The @retry decorator's delays. The host honours it for timers only; blobs have host.json."""

import random
from collections.abc import Iterator
from itertools import count

from local.functions_host.functions import RetryPolicy

JITTER = (0.8, 1.2)


def retry_delays(policy: RetryPolicy | None) -> Iterator[float]:
    """Seconds to wait before each further attempt; ends when there are to be no more."""
    if policy is None:
        return
    for number in count():
        if number == policy.attempts:
            return
        if policy.strategy == "fixed_delay":
            yield policy.delay.total_seconds()
        else:
            grown = policy.delay.total_seconds() * 2 ** min(number, 32)
            jitter = random.uniform(*JITTER)  # noqa: S311 - spreads retries, keeps no secret
            yield min(policy.longest_delay.total_seconds(), grown * jitter)
