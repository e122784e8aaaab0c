"""An app with every pattern, as it would be deployed; nothing in it knows the local engine.

Each activity writes a line to the file named by STEPS_LOG when it begins.
"""

import asyncio
import os
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import azure.durable_functions as df

from local.durable.engine import DurableFunctions

bp = df.Blueprint()
attempts: Counter[tuple[Any, Any]] = Counter()


@bp.activity_trigger(input_name="job")
def step(job: dict[str, Any]) -> dict[str, Any]:
    """{"n": 1, "key": "x", "fail": 2, "ms": 0}: fails its first `fail` calls for that key.

    With a gate, it waits until that file exists.
    """
    if log := os.environ.get("STEPS_LOG"):
        with Path(log).open("a") as lines:
            lines.write(f"{job['n']}\n")
    time.sleep(job.get("ms", 0) / 1000)
    while (gate := job.get("gate")) and not Path(gate).exists():
        time.sleep(0.01)
    name = (job["key"], job["n"])
    attempts[name] += 1
    if attempts[name] <= job.get("fail", 0):
        raise ValueError(f"attempt {attempts[name]} fails")
    return {"n": job["n"], "attempts": attempts[name]}


@bp.activity_trigger(input_name="n")
async def square(n: int) -> int:
    await asyncio.sleep(0)
    return n * n


@bp.activity_trigger(input_name="seconds")
async def dawdle(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "awake"


@bp.activity_trigger(input_name="_payload")
def unserialisable(_payload: Any) -> object:
    return object()


@bp.orchestration_trigger(context_name="context")
def chain(context: df.DurableOrchestrationContext) -> Any:
    job: Any = context.get_input()
    done: list[Any] = []
    retry = df.RetryOptions(first_retry_interval_in_milliseconds=20, max_number_of_attempts=3)
    for n in range(job.get("steps", 5)):
        context.set_custom_status({"at": n})
        fail = job.get("fail", {}).get(str(n), 0)
        gate = job.get("gates", {}).get(str(n))
        todo = {"n": n, "key": context.instance_id, "fail": fail, "gate": gate}
        done.append((yield context.call_activity_with_retry("step", retry, todo)))
    return done


@bp.orchestration_trigger(context_name="context")
def plain_chain(context: df.DurableOrchestrationContext) -> Any:
    steps: Any = context.get_input()
    total = 0
    for n in range(steps):
        total += yield context.call_activity("square", n)
    return total


@bp.orchestration_trigger(context_name="context")
def fan_out(context: df.DurableOrchestrationContext) -> Any:
    width: Any = context.get_input()
    squares = yield context.task_all([context.call_activity("square", n) for n in range(width)])
    return sum(squares)


@bp.orchestration_trigger(context_name="context")
def fan_out_with_retries(context: df.DurableOrchestrationContext) -> Any:
    width: Any = context.get_input()
    retry = df.RetryOptions(10, 4)
    todo = [
        {"n": n, "key": context.instance_id, "fail": n % 4, "ms": (n * 7) % 5} for n in range(width)
    ]
    done = yield context.task_all(
        [context.call_activity_with_retry("step", retry, job) for job in todo]
    )
    last = yield context.call_activity("square", len(done))
    return [[job["attempts"] for job in done], last]


@bp.orchestration_trigger(context_name="context")
def approval(context: df.DurableOrchestrationContext) -> Any:
    seconds: Any = context.get_input()
    deadline = context.current_utc_datetime + timedelta(seconds=seconds)
    timeout: Any = context.create_timer(deadline)
    approved: Any = context.wait_for_external_event("Approval")
    winner = yield context.task_any([approved, timeout])
    if winner is approved:
        timeout.cancel()
        return {"approved": approved.result, "type": type(approved.result).__name__}
    escalated = yield context.call_activity("square", 9)
    return {"timeout": True, "escalated": escalated}


@bp.orchestration_trigger(context_name="context")
def review(context: df.DurableOrchestrationContext) -> Any:
    """Keep one wait across a reminder, as a document's review does."""
    seconds: Any = context.get_input()
    decided: Any = context.wait_for_external_event("decided")
    for reminders in range(2):
        timer: Any = context.create_timer(
            context.current_utc_datetime + timedelta(seconds=seconds[reminders])
        )
        winner = yield context.task_any([decided, timer])
        if winner is decided:
            timer.cancel()
            return {"decided_after": reminders}
        yield context.call_activity("square", reminders)
    return "overdue"


@bp.orchestration_trigger(context_name="context")
def counts_calls(context: df.DurableOrchestrationContext) -> Any:
    """Count, outside of the history, how often the host calls this function."""
    attempts[(context.instance_id, "calls")] += 1
    yield context.wait_for_external_event("enough")


@bp.orchestration_trigger(context_name="context")
def early_events(context: df.DurableOrchestrationContext) -> Any:
    yield context.wait_for_external_event("go")
    first = yield context.wait_for_external_event("item")
    second = yield context.wait_for_external_event("item")
    return [first, second]


@bp.orchestration_trigger(context_name="context")
def leaves_a_timer_open(context: df.DurableOrchestrationContext) -> Any:
    seconds: Any = context.get_input()
    event: Any = context.wait_for_external_event("x")
    timer: Any = context.create_timer(context.current_utc_datetime + timedelta(seconds=seconds))
    yield context.task_any([event, timer])
    return "done"


@bp.orchestration_trigger(context_name="context")
def parent(context: df.DurableOrchestrationContext) -> Any:
    children = yield context.task_all([context.call_sub_orchestrator("child", n) for n in range(3)])
    caught = ""
    try:
        yield context.call_sub_orchestrator("child", -1, instance_id=f"{context.instance_id}-bad")
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing finer
        caught = str(error)
    retry = df.RetryOptions(10, 2)
    retried = yield context.call_sub_orchestrator_with_retry("child", retry, 7)
    return {"children": children, "caught": "negative" in caught, "retried": retried}


@bp.orchestration_trigger(context_name="context")
def child(context: df.DurableOrchestrationContext) -> Any:
    n: Any = context.get_input()
    if n < 0:
        raise ValueError("negative")
    return (yield context.call_activity("square", n))


@bp.orchestration_trigger(context_name="context")
def adopts(context: df.DurableOrchestrationContext) -> Any:
    """Ask for a sub-orchestration of a given function and id, and hand on what went wrong."""
    wanted: Any = context.get_input()
    try:
        return (yield context.call_sub_orchestrator(wanted["name"], 1, wanted["id"]))
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing finer
        return str(error)


@bp.orchestration_trigger(context_name="context")
def calls_unknown_activity(context: df.DurableOrchestrationContext) -> Any:
    yield context.call_activity("no_such_activity", 1)


@bp.orchestration_trigger(context_name="context")
def calls_unserialisable(context: df.DurableOrchestrationContext) -> Any:
    yield context.call_activity("unserialisable", 1)


@bp.orchestration_trigger(context_name="context")
def sleeper(context: df.DurableOrchestrationContext) -> Any:
    seconds: Any = context.get_input()
    return (yield context.call_activity("dawdle", seconds))


@bp.orchestration_trigger(context_name="context")
def counter_loop(context: df.DurableOrchestrationContext) -> Any:
    state: Any = context.get_input()
    state["sum"] += yield context.call_activity("square", state["n"])
    if state["n"] < state["until"]:
        context.continue_as_new({**state, "n": state["n"] + 1})
        return None
    return state["sum"]


@bp.orchestration_trigger(context_name="context")
def mailbox(context: df.DurableOrchestrationContext) -> Any:
    """Continue as new for every event, until three were read."""
    read: Any = context.get_input()
    context.set_custom_status(f"read {len(read)}")
    read.append((yield context.wait_for_external_event(f"mail-{len(read)}")))
    if len(read) < 3:
        context.continue_as_new(read)
        return None
    return read


@bp.orchestration_trigger(context_name="context")
def forever(context: df.DurableOrchestrationContext) -> Any:
    context.set_custom_status("waiting")
    yield context.wait_for_external_event("never")


@bp.orchestration_trigger(context_name="context")
def failing(context: df.DurableOrchestrationContext) -> Any:
    job = {"n": 0, "key": context.instance_id, "fail": 99}
    yield context.call_activity_with_retry("step", df.RetryOptions(10, 2), job)


@bp.orchestration_trigger(context_name="context")
def nondeterministic(context: df.DurableOrchestrationContext) -> Any:
    name = (context.instance_id, "replays")
    attempts[name] += 1
    if attempts[name] == 1:
        yield context.call_activity("square", 1)
    yield context.call_activity("step", {"n": 5, "key": context.instance_id})


@bp.orchestration_trigger(context_name="context")
def any_then_retry(context: df.DurableOrchestrationContext) -> Any:
    """The shape of SDK issue #603: a retry runs on after task_any, and new work follows."""
    key, retry = context.instance_id, df.RetryOptions(10, 3)
    quick = context.call_activity_with_retry("step", retry, {"n": 0, "key": key})
    slow = context.call_activity_with_retry(
        "step", retry, {"n": 1, "key": key, "fail": 1, "ms": 60}
    )
    yield context.task_any([quick, slow])
    answer = yield slow
    more = yield context.task_all([context.call_activity("square", n) for n in range(4)])
    return [answer["attempts"], more]


@bp.orchestration_trigger(context_name="context")
def works_beside_a_retry(context: df.DurableOrchestrationContext) -> Any:
    """Schedule new work when the quick step ends, while the other has a retry to come."""
    given: Any = context.get_input()
    retry = df.RetryOptions(given["retry_ms"], 2)
    quick_job, retried_job = (
        {"n": n, "key": context.instance_id, "fail": n, "gate": gate}
        for n, gate in enumerate(given["gates"])
    )
    quick = context.call_activity("step", quick_job)
    if given["as_child"]:
        retried = context.call_sub_orchestrator_with_retry("one_step", retry, retried_job)
    else:
        retried = context.call_activity_with_retry("step", retry, retried_job)
    yield context.task_any([quick, retried])
    more = yield context.call_activity("square", 5)
    answer = yield retried
    return [answer["attempts"], more]


@bp.orchestration_trigger(context_name="context")
def one_step(context: df.DurableOrchestrationContext) -> Any:
    job: Any = context.get_input()
    return (yield context.call_activity("step", job))


@bp.orchestration_trigger(context_name="context")
def heartbeat(context: df.DurableOrchestrationContext) -> Any:
    """Begin anew at each beat; say how many seconds were waited for when one stays away."""
    deadlines: Any = context.get_input()
    timer: Any = context.create_timer(
        context.current_utc_datetime + timedelta(seconds=deadlines[0])
    )
    beat = context.wait_for_external_event("beat")
    winner = yield context.task_any([beat, timer])
    if winner is beat:
        timer.cancel()
        context.continue_as_new(deadlines[1:])
        return None
    return deadlines[0]


@bp.orchestration_trigger(context_name="context")
def fail_fast(context: df.DurableOrchestrationContext) -> Any:
    """task_all raises at the first failure; Azure goes on only when the slow sibling has ended."""
    key = context.instance_id
    bad = context.call_activity("step", {"n": 0, "key": key, "fail": 9})
    slow = context.call_activity("step", {"n": 1, "key": key, "ms": 200})
    try:
        yield context.task_all([bad, slow])
    except Exception:  # noqa: BLE001 - the SDK raises nothing finer
        return (yield context.call_activity("square", 3))
    return None


@bp.orchestration_trigger(context_name="context")
def web(context: df.DurableOrchestrationContext) -> Any:
    address: Any = context.get_input()
    answer: Any = yield context.call_http("GET", address)
    return [answer["statusCode"], answer["content"]]


@bp.orchestration_trigger(context_name="context")
def uses_entity(context: df.DurableOrchestrationContext) -> Any:
    key: Any = context.get_input()
    entity = df.EntityId("counter", key)
    context.signal_entity(entity, "add", 5)
    value = yield context.call_entity(entity, "add", 2)
    refusal = ""
    try:
        yield context.call_entity(entity, "boom")
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing finer
        refusal = str(error)
    return [value, (yield context.call_entity(entity, "get")), refusal]


@bp.orchestration_trigger(context_name="context")
def uses_unknown_entity(context: df.DurableOrchestrationContext) -> Any:
    yield context.call_entity(df.EntityId("no_such_entity", "k"), "get")


@bp.entity_trigger(context_name="context")
def counter(context: df.DurableEntityContext) -> None:
    value: Any = context.get_state(lambda: 0)
    if context.operation_name == "add":
        value += context.get_input()
        context.set_state(value)
    elif context.operation_name == "boom":
        raise RuntimeError("entity says no")
    elif context.operation_name == "remove":
        context.destruct_on_exit()
        return
    context.set_result(value)


def _indexed() -> DurableFunctions:
    """Index the app as the host does; the SDK lets it be indexed once only."""
    app = df.DFApp()
    app.register_functions(bp)
    found: Any = app.get_functions()

    def triggered_by(kind: str) -> dict[str, Any]:
        return {
            function.get_function_name(): function.get_user_function()
            for function in found
            if function.get_trigger().type == kind
        }

    return DurableFunctions(
        orchestrators=triggered_by("orchestrationTrigger"),
        activities=triggered_by("activityTrigger"),
        entities=triggered_by("entityTrigger"),
    )


functions = _indexed()
