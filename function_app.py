"""Everything the Functions host can start, in one list."""

import azure.functions as func

from functions.blobs import uploads
from functions.http import areas
from functions.timers import sweep
from orchestrations.document_processing import activities, orchestrator

app = func.FunctionApp()

for blueprint in (areas.bp, uploads.bp, sweep.bp, orchestrator.bp, activities.bp):
    app.register_functions(blueprint)
