import azure.functions as func
from azure.durable_functions import Blueprint

bp = Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="%PARTITIONS_SCHEDULE%", run_on_startup=False)
async def forget_old_sessions(timer: func.TimerRequest) -> None:
    from shared.identity import sessions

    del timer  # late or on time, what is old is forgotten
    await sessions.forget_old_sessions()
