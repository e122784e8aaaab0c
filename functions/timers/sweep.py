import azure.functions as func
from azure.durable_functions import Blueprint, DurableOrchestrationClient

bp = Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%", run_on_startup=False)
@bp.durable_client_input(client_name="client")
async def sweep_documents(timer: func.TimerRequest, client: DurableOrchestrationClient) -> None:
    from orchestrations.document_processing import starting

    del timer  # late or on time, the sweep looks at what is there
    await starting.sweep_documents(client)


@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%", run_on_startup=False)
@bp.durable_client_input(client_name="client")
async def sweep_operations(timer: func.TimerRequest, client: DurableOrchestrationClient) -> None:
    from orchestrations.operation import starting

    del timer
    await starting.sweep_operations(client)
