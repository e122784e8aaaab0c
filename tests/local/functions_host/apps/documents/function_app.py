"""Blobs arrive, by stream and by client, and start orchestrations."""

import asyncio
import json
from typing import Any

import azure.durable_functions as df
import azure.functions as func
from azurefunctions.extensions.bindings.blob import BlobClient

bp = df.Blueprint()
seen: list[tuple[Any, ...]] = []
running_blobs = 0
most_blobs = 0


@bp.blob_trigger(arg_name="blob", path="inbox/{firm}/{name}.pdf", connection="DOCUMENTS_STORAGE")
async def on_stream(blob: func.InputStream) -> None:
    global running_blobs, most_blobs  # noqa: PLW0603 - the tests read them
    running_blobs += 1
    most_blobs = max(most_blobs, running_blobs)
    await asyncio.sleep(0.05)
    running_blobs -= 1
    seen.append(("stream", blob.name, blob.length, blob.read(), blob.metadata))  # pyright: ignore[reportAttributeAccessIssue]
    if "bad" in str(blob.name):
        raise ValueError("a bad blob")


@bp.blob_trigger(
    arg_name="blob",
    path="%UPLOADS%",
    connection="DOCUMENTS_STORAGE",
    source=func.BlobSource.EVENT_GRID,
)
@bp.durable_client_input(client_name="client")
async def on_client(blob: BlobClient, client: df.DurableOrchestrationClient) -> None:
    size = (await asyncio.to_thread(blob.get_blob_properties)).size  # pyright: ignore[reportAttributeAccessIssue]
    seen.append(("client", blob.container_name, blob.blob_name, size))  # pyright: ignore[reportAttributeAccessIssue]
    if "bad" in str(blob.blob_name):  # pyright: ignore[reportAttributeAccessIssue]
        raise ValueError("a bad blob")
    await client.start_new("add_up", client_input=[size, size])


@bp.route("start", methods=["POST"])
@bp.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    instance = await client.start_new("add_up", client_input=req.get_json())
    return func.HttpResponse(instance)


@bp.route("outcome/{instance}")
@bp.durable_client_input(client_name="client")
async def outcome(
    req: func.HttpRequest, client: df.DurableOrchestrationClient
) -> func.HttpResponse:
    status = await client.get_status(req.route_params["instance"])
    body = {"status": str(status.runtime_status), "output": status.output}
    return func.HttpResponse(json.dumps(body))


@bp.orchestration_trigger(context_name="context")
def add_up(context: df.DurableOrchestrationContext) -> Any:
    numbers: Any = context.get_input()  # pyright: ignore[reportAttributeAccessIssue]
    doubled = yield context.task_all([context.call_activity("double", n) for n in numbers])
    total = yield context.call_activity("total_of", doubled)
    yield context.call_entity(df.EntityId("counter", "all"), "add", total)
    return total


@bp.activity_trigger(input_name="number")
async def double(number: int, context: func.Context) -> int:
    seen.append(("double", number, context.function_name))
    return 2 * number


@bp.activity_trigger(input_name="numbers", activity="total_of")
def add(numbers: Any) -> int:
    return sum(numbers)


@bp.entity_trigger(context_name="context")
def counter(context: df.DurableEntityContext) -> None:
    count = context.get_state(lambda: 0) + context.get_input()  # pyright: ignore[reportAttributeAccessIssue]
    context.set_state(count)
    context.set_result(count)


app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(bp)
