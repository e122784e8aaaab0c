"""From the name of an engine to its worker."""

from local.engines import require_engine
from local.functions_host.workers.direct import DirectWorker
from local.functions_host.workers.worker import Worker


def make_worker(engine: str) -> Worker:
    require_engine(engine)
    if engine == "microsoft":
        from local.functions_host.workers.microsoft import MicrosoftWorker

        return MicrosoftWorker()
    return DirectWorker()
