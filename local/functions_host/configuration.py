"""host.json and local.settings.json of the app, and %SETTING% in its bindings."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from local.functions_host.timespan import parse_limit

SETTING = re.compile(r"%([^%\s]+)%")
CORES = os.cpu_count() or 1


class ConfigurationError(Exception):
    """host.json or local.settings.json cannot be used; the message says why."""


@dataclass(frozen=True)
class Configuration:
    """The parts of host.json that the local host honours, with Azure's defaults."""

    route_prefix: str = "api"
    function_timeout: timedelta | None = timedelta(minutes=30)
    max_concurrent_requests: int = 100
    max_outstanding_requests: int = 200
    blob_parallelism: int = 8 * CORES
    poison_blob_threshold: int = 5
    log_level: str = "INFO"
    durable_task: Mapping[str, Any] = field(default_factory=dict[str, Any])


def read_configuration(app: Path) -> Configuration:
    host = _read_object(app / "host.json")
    extensions = host.get("extensions", {})
    http, blobs = extensions.get("http", {}), extensions.get("blobs", {})
    default = Configuration()
    return Configuration(
        route_prefix=http.get("routePrefix", default.route_prefix),
        function_timeout=_timeout(host),
        max_concurrent_requests=http.get("maxConcurrentRequests", default.max_concurrent_requests),
        max_outstanding_requests=http.get(
            "maxOutstandingRequests", default.max_outstanding_requests
        ),
        blob_parallelism=blobs.get("maxDegreeOfParallelism", default.blob_parallelism),
        poison_blob_threshold=blobs.get("poisonBlobThreshold", default.poison_blob_threshold),
        log_level=_level(host.get("logging", {}).get("logLevel", {}).get("default")),
        durable_task=extensions.get("durableTask", {}),
    )


def _timeout(host: Mapping[str, Any]) -> timedelta | None:
    try:
        return parse_limit(str(host.get("functionTimeout", "00:30:00")))
    except ValueError as error:
        raise ConfigurationError(f"host.json, functionTimeout: {error}") from error


def _level(text: str | None) -> str:
    """Azure's names for log levels, as Python has them."""
    names = {"trace": "DEBUG", "debug": "DEBUG", "warning": "WARNING", "error": "ERROR"}
    return names.get((text or "").casefold(), "INFO")


def load_local_settings(app: Path) -> None:
    """Put local.settings.json into the environment; what is set there already stays."""
    settings = _read_object(app / "local.settings.json")
    for name, value in settings.get("Values", {}).items():
        os.environ.setdefault(name, str(value))


def _read_object(file: Path) -> dict[str, Any]:
    """The file's object, empty when there is no such file."""
    try:
        return json.loads(file.read_text()) if file.exists() else {}
    except ValueError as error:
        raise ConfigurationError(f"{file.name} is not JSON: {error}") from error


def resolve_settings(text: str) -> str:
    """Replace every %NAME% by that app setting; raises ValueError where there is none."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise ValueError(f"the app setting {found[1]} of {text!r} does not exist")
        return os.environ[found[1]]

    return SETTING.sub(value, text)


def connection_string(setting: str) -> str:
    for name in (setting, f"AzureWebJobs{setting}"):
        if os.environ.get(name):
            return os.environ[name]
    raise ValueError(f"the app setting {setting}, a storage connection string, does not exist")


def is_disabled(function_name: str) -> bool:
    setting = os.environ.get(f"AzureWebJobs.{function_name}.Disabled", "")
    return setting.casefold() in {"1", "true"}
