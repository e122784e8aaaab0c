"""One step each: unwrap the job, call the domain, hand back the answer.

The domain is imported by the first step that runs, not when the host indexes us.
"""

from azure.durable_functions import Blueprint

from orchestrations.durable import step
from orchestrations.operation.messages import Advanced, FailedOperation, OperationJob

bp = Blueprint()


@step(bp)
async def advance_operation(job: OperationJob) -> Advanced:
    from orchestrations.operation.work import WORK
    from shared.operations import running

    is_unfinished = await running.advance(job.actor, job.operation_id, WORK)
    return Advanced(is_unfinished=is_unfinished)


@step(bp)
async def fail_operation(job: FailedOperation) -> None:
    from shared.operations import running

    await running.fail(job.actor, job.operation_id, job.code, job.detail)
