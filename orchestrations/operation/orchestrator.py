from azure.durable_functions import Blueprint, DurableOrchestrationContext

from orchestrations.durable import Refused, StepFailed, Steps, call
from orchestrations.operation import activities as do
from orchestrations.operation.messages import BROKE_OFF, FailedOperation, OperationJob

bp = Blueprint()


@bp.orchestration_trigger(context_name="context")
def run_operation_v1(context: DurableOrchestrationContext) -> Steps[str]:
    """Go on until there is no more to do; how it went is in the operation's row."""
    job = OperationJob.model_validate(context.get_input())
    try:
        while (yield from call(context, do.advance_operation, job)).is_unfinished:
            pass
    except StepFailed as failed:
        return (yield from _fail(context, job, failed.code, BROKE_OFF))
    except Refused as refused:
        return (yield from _fail(context, job, refused.code, refused.detail))
    return "ended"


def _fail(
    context: DurableOrchestrationContext, job: OperationJob, code: str, why: str
) -> Steps[str]:
    failure = FailedOperation(**job.model_dump(), code=code, detail=why)
    yield from call(context, do.fail_operation, failure)
    return "failed"
