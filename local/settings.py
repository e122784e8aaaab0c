"""The settings of a running stack, for the commands of whoever runs the service."""

from local import pids
from local.errors import NotRunning
from local.state import State


def running_settings(state: State) -> dict[str, str]:
    """The host's environment as it is, so that nothing is worked out twice."""
    state.require_ready()
    for started in pids.noted(state.folder("run")):
        if started.name == "host" and (host := started.process()):
            return host.environ()
    raise NotRunning("The functions host is being started again. Try once more in a moment.")
