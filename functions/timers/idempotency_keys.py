import azure.functions as func
from azure.durable_functions import Blueprint

bp = Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%", run_on_startup=False)
async def forget_idempotency_keys(timer: func.TimerRequest) -> None:
    from shared.identity import idempotency

    del timer  # late or on time, what has expired is gone
    await idempotency.forget_expired()
