import azure.functions as func
from azure.durable_functions import Blueprint

bp = Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="%PARTITIONS_SCHEDULE%", run_on_startup=False)
async def ensure_partitions(timer: func.TimerRequest) -> None:
    from shared.compliance import partitions

    del timer  # late or on time, it makes what is missing
    await partitions.ensure_partitions()
