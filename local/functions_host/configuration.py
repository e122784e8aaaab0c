"""host.json and local.settings.json of the app, and %SETTING% in its bindings."""

import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from local.functions_host.host_json import VERSION, read_honoured, unknown_keys

log = logging.getLogger(__name__)

HOST_JSON = "host.json"
SETTING = re.compile(r"%([^%\s]+)%")
CORES = os.cpu_count() or 1


class ConfigurationError(Exception):
    """host.json or local.settings.json cannot be used; the message says why."""


@dataclass(frozen=True)
class Configuration:
    """What host.json says, with Azure's defaults (but for the orchestrators: see the engine)."""

    version: str = VERSION
    route_prefix: str = "api"
    function_timeout: timedelta | None = timedelta(minutes=30)
    max_concurrent_requests: int = 100  # negative: without limit
    max_outstanding_requests: int = 200
    custom_headers: Mapping[str, str] = field(default_factory=dict[str, str])
    blob_parallelism: int = 8 * CORES
    poison_blob_threshold: int = 5
    max_activities: int = 10 * CORES
    max_orchestrators: int = CORES
    log_level: str = "INFO"


def read_configuration(app: Path) -> Configuration:
    try:
        return Configuration(**read_honoured(_read_object(app / HOST_JSON)))
    except ValueError as error:
        raise ConfigurationError(f"{HOST_JSON}, {error}") from error


def warn_of_unknown_keys(app: Path) -> None:
    for path in unknown_keys(_read_object(app / HOST_JSON)):
        log.warning("%s: nothing here knows the key %s", HOST_JSON, path)


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
