from datetime import UTC, datetime

import azure.functions as func
from azure.durable_functions import Blueprint

bp = Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="%KEYS_SCHEDULE%", run_on_startup=False)
async def tend_keys(timer: func.TimerRequest) -> None:
    from shared.identity import key_rotation

    del timer  # late or on time, it asks for what is due; the sweep of operations begins it
    await key_rotation.tend_keys(datetime.now(UTC))


@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%", run_on_startup=False)
async def purge_erased_firms(timer: func.TimerRequest) -> None:
    from shared.compliance import erasure

    del timer
    await erasure.purge_erased()
