"""The timer trigger: on schedule in UTC, never two runs of one timer at a time.

A run that came due while the host was down is made up for once, as past due. The
monitor that allows this is kept for schedules of a minute or more, as in Azure.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from local.functions_host import bindings
from local.functions_host.functions import Function
from local.functions_host.ncrontab import Schedule, parse_schedule
from local.functions_host.retries import retry_delays
from local.functions_host.sources import Rounds, Services
from local.functions_host.workers.worker import RetryContext

log = logging.getLogger(__name__)

SHORTEST_MONITORED = timedelta(minutes=1)
# The clock may be set, or the machine sleep, while a timer waits.
LONGEST_NAP = 60.0
NEVER = datetime.min.replace(tzinfo=UTC)


class Timers:
    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        self._timers = {f.name: Timer(f, services) for f in functions}
        self._rounds = Rounds()

    async def start(self) -> None:
        for timer in self._timers.values():
            self._rounds.start(timer.run(self._rounds))

    async def stop(self) -> None:
        await self._rounds.end()

    def fire(self, function_name: str, text: str) -> None:  # noqa: ARG002 - a timer has no input
        self._rounds.start(self._timers[function_name].fire(self._rounds))


class Timer:
    def __init__(self, function: Function, services: Services) -> None:
        self._function = function
        self._services = services
        self._memory = services.memory
        self._schedule = parse_schedule(function.trigger["schedule"])
        self._last: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    async def run(self, rounds: Rounds) -> None:
        await self._outlive(self._catch_up(rounds))
        due = self._schedule.next(_now())
        while not rounds.ending:
            await rounds.sleep(min(LONGEST_NAP, (due - _now()).total_seconds()))
            if _now() >= due and not rounds.ending:
                await self._outlive(self.fire(rounds))
                due = self._schedule.next(max(due, _now()))

    async def _outlive(self, work: Coroutine[Any, Any, None]) -> None:
        """An error of the host's own, a full disk say, is not the end of the timer."""
        try:
            await work
        except Exception:
            log.exception("timer=%s goes on after an error", self._function.name)

    async def _catch_up(self, rounds: Rounds) -> None:
        now = _now()
        self._last = self._memory.last_run(self._function.name) if self._is_monitored else None
        if self._is_monitored and self._last is None:
            self._memory.note_run(self._function.name, now)  # from here on a run can be missed
        if self._last and self._schedule.next(self._last) < now:
            await self.fire(rounds, is_past_due=True)
        elif self._function.trigger.get("runOnStartup"):
            await self.fire(rounds)

    async def fire(self, rounds: Rounds, *, is_past_due: bool = False) -> None:
        """Run once with the function's own retries; a failure that outlives them is in the log."""
        async with self._one_at_a_time:
            began = _now()
            succeeded = await self._attempt(0, is_past_due=is_past_due)
            for count, delay in enumerate(retry_delays(self._function.retry), start=1):
                if succeeded:
                    break
                await rounds.sleep(delay)
                if rounds.ending:
                    return  # not noted as run: the next start makes up for it
                succeeded = await self._attempt(count, is_past_due=is_past_due)
            self._last = began
            if self._is_monitored:
                self._memory.note_run(self._function.name, began)

    async def _attempt(self, count: int, *, is_past_due: bool) -> bool:
        most = self._function.retry.attempts if self._function.retry else 0
        request = bindings.as_json(
            {
                "Schedule": {"AdjustForDST": True},
                "ScheduleStatus": {
                    "Last": (self._last or NEVER).isoformat(),
                    "Next": self._schedule.next(_now()).isoformat(),
                    "LastUpdated": (self._last or NEVER).isoformat(),
                },
                "IsPastDue": is_past_due,
            }
        )
        try:
            await self._services.invoker.invoke(
                self._function,
                {self._function.trigger_name: request},
                retry=RetryContext(count, most),
            )
        except Exception:  # noqa: BLE001 - the invoker has logged it
            return False
        return True

    @property
    def _is_monitored(self) -> bool:
        wanted = self._function.trigger.get("useMonitor") is not False
        return wanted and _shortest_gap(self._schedule) >= SHORTEST_MONITORED


def _shortest_gap(schedule: Schedule) -> timedelta:
    """The time between the next runs: enough to tell seconds from minutes."""
    first = schedule.next(_now())
    second = schedule.next(first)
    return min(second - first, schedule.next(second) - second)


def _now() -> datetime:
    return datetime.now(UTC)
