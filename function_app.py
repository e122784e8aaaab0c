"""Everything the Functions host can start, in one list."""

import azure.functions as func

from functions.blobs import uploads
from functions.http import areas
from functions.timers import idempotency_keys, keys, partitions, seals, sessions, sweep
from orchestrations.document_processing import activities, orchestrator
from orchestrations.operation import activities as operation_activities
from orchestrations.operation import orchestrator as operation_orchestrator
from shared.platform.settings import settings

settings()  # rather not at all than with a setting that is missing or unsafe
app = func.FunctionApp()

for blueprint in (
    areas.bp,
    uploads.bp,
    sweep.bp,
    seals.bp,
    partitions.bp,
    keys.bp,
    idempotency_keys.bp,
    sessions.bp,
    orchestrator.bp,
    activities.bp,
    operation_orchestrator.bp,
    operation_activities.bp,
):
    app.register_functions(blueprint)
