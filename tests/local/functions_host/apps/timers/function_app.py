"""Timers that note when they ran."""

from typing import Any

import azure.functions as func

app = func.FunctionApp()
seen: list[tuple[Any, ...]] = []


@app.timer_trigger(schedule="%TICK%", arg_name="timer")
async def tick(timer: func.TimerRequest) -> None:
    seen.append(("tick", timer.past_due))


@app.timer_trigger(schedule="0 0 0 1 1 *", arg_name="timer")
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
async def flaky(timer: func.TimerRequest, context: func.Context) -> None:
    seen.append(("flaky", context.retry_context.retry_count))
    if context.retry_context.retry_count < 2:
        raise RuntimeError("again")


@app.timer_trigger(schedule="0 */5 * * * *", arg_name="timer")
async def sweep(timer: func.TimerRequest) -> None:
    status: Any = timer.schedule_status  # pyright: ignore[reportAttributeAccessIssue]
    seen.append(("sweep", timer.past_due, status["Last"]))


@app.timer_trigger(schedule="0 0 0 1 1 *", arg_name="timer", run_on_startup=True, use_monitor=False)
async def at_start(timer: func.TimerRequest) -> None:
    seen.append(("at_start", timer.past_due))
