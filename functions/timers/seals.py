import azure.functions as func
from azure.durable_functions import Blueprint

bp = Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="%SEALS_SCHEDULE%", run_on_startup=False)
async def seal_audit_trails(timer: func.TimerRequest) -> None:
    from shared.compliance import seals

    del timer  # late or on time, it seals what is there
    await seals.seal_every_firm()
