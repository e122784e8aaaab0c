"""Which keys of host.json the local host honours, and why it leaves the others of Azure's alone.

A key that is in neither list is unknown, and the host warns of it with its path.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.functions_host.timespan import parse_limit

LEVELS = {"trace": "DEBUG", "debug": "DEBUG", "warning": "WARNING", "error": "ERROR"}
VERSION = "2.0"


def _version(value: str) -> str:
    if value != VERSION:
        raise ValueError(f"{value!r} is not {VERSION!r}")
    return value


def _level(value: str) -> str:
    """Azure's name for a log level, as Python has it."""
    return LEVELS.get(value.casefold(), "INFO")


def _count(value: int) -> int:
    return int(value)


def _positive(value: int) -> int:
    if int(value) <= 0:
        raise ValueError(f"{value} is not more than 0")
    return int(value)


# The field of Configuration, and how its value is read.
HONOURED: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "version": ("version", _version),
    "functionTimeout": ("function_timeout", parse_limit),
    "logging.logLevel.default": ("log_level", _level),
    "extensions.http.routePrefix": ("route_prefix", str),
    "extensions.http.maxConcurrentRequests": ("max_concurrent_requests", _count),
    "extensions.http.maxOutstandingRequests": ("max_outstanding_requests", _count),
    "extensions.http.customHeaders": ("custom_headers", dict),
    "extensions.blobs.maxDegreeOfParallelism": ("blob_parallelism", _positive),
    "extensions.blobs.poisonBlobThreshold": ("poison_blob_threshold", _positive),
    "extensions.durableTask.maxConcurrentActivityFunctions": ("max_activities", _positive),
    "extensions.durableTask.maxConcurrentOrchestratorFunctions": ("max_orchestrators", _positive),
}

ONLY_IN_AZURE: Mapping[str, str] = {
    "aggregator": "metrics go to Application Insights",
    "concurrency": "the platform tunes it",
    "extensionBundle": "the extensions are .NET; their part is played here by local/",
    "extensions.durableTask.extendedSessionsEnabled": "not offered to Python",
    "extensions.durableTask.hubName": "a state folder is one task hub",
    "extensions.durableTask.notifications": "they go to a topic of Event Grid",
    "extensions.durableTask.storageProvider": "the state is in SQLite",
    "extensions.durableTask.tracing": "traces go to Application Insights",
    "extensions.http.dynamicThrottlesEnabled": "it watches the counters of the platform's sandbox",
    "extensions.http.hsts": "it is for HTTPS, and never for localhost",
    "healthMonitor": "it watches the counters of the platform's sandbox",
    "logging.applicationInsights": "logs go to stdout",
    "logging.console": "logs go to stdout",
    "logging.fileLoggingMode": "logs go to stdout",
    "logging.logLevel": "its categories are those of the .NET host",
    "singleton": "there is one host",
    "telemetryMode": "logs go to stdout",
    "watchDirectories": "nothing restarts on a change of a file",
    "watchFiles": "nothing restarts on a change of a file",
}


def read_honoured(host: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of Configuration that the file sets; raises ValueError with the key's path."""
    fields: dict[str, Any] = {}
    for path, (field, read) in HONOURED.items():
        value = _look_up(host, path)
        if value is not None:
            try:
                fields[field] = read(value)
            except (ValueError, TypeError) as error:
                raise ValueError(f"{path}: {error}") from error
    return fields


def unknown_keys(host: Mapping[str, Any]) -> list[str]:
    return [path for path in leaves(host) if not _is_known(path)]


def leaves(value: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The path of each value in the file; an object that is a value of its own is one."""
    for name, inner in value.items():
        path = prefix + name
        if isinstance(inner, dict) and path not in HONOURED:
            yield from leaves(inner, f"{path}.")
        else:
            yield path


def _is_known(path: str) -> bool:
    parts = path.split(".")
    above = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return path in HONOURED or any(each in ONLY_IN_AZURE for each in above)


def _look_up(host: Mapping[str, Any], path: str) -> Any:
    found: Any = host
    for part in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found
