"""What a deployment has to set: one class, one sample file, and the bindings agree."""

import json
import re
from pathlib import Path
from typing import Any

from function_app import app
from shared.platform import crypto
from shared.platform.settings import Settings

ROOT = Path(__file__).parents[2]
SAMPLE: dict[str, str] = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
OF_THE_HOST = {"AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME"}
OURS = {(field.alias or name).upper() for name, field in Settings.model_fields.items()}

# The options of host.json that Microsoft documents and we have a use for.
HOST_OPTIONS = {
    "version",
    "functionTimeout",
    "extensionBundle.id",
    "extensionBundle.version",
    "extensions.http.routePrefix",
    "extensions.http.maxOutstandingRequests",
    "extensions.http.maxConcurrentRequests",
    "extensions.blobs.maxDegreeOfParallelism",
    "extensions.blobs.poisonBlobThreshold",
    "extensions.durableTask.hubName",
    "extensions.durableTask.storageProvider.type",
    "extensions.durableTask.maxConcurrentActivityFunctions",
    "extensions.durableTask.maxConcurrentOrchestratorFunctions",
    "logging.logLevel.default",
    "logging.applicationInsights.samplingSettings.isEnabled",
    "logging.applicationInsights.samplingSettings.excludedTypes",
}


def options(value: Any, path: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {path}
    return {
        option
        for name, inner in value.items()
        for option in options(inner, f"{path}.{name}" if path else name)
    }


def bindings() -> list[dict[str, Any]]:
    return [
        binding.get_dict_repr()
        for builder in app._function_builders  # pyright: ignore[reportPrivateUsage]
        for binding in builder.build(app.auth_level).get_bindings()
    ]


def test_the_sample_has_every_setting_and_no_other() -> None:
    assert {name.upper() for name in SAMPLE} == OURS | {name.upper() for name in OF_THE_HOST}


def test_the_sample_can_be_used_as_it_is() -> None:
    settings = Settings.model_validate({name.lower(): value for name, value in SAMPLE.items()})

    assert crypto.wrap(settings.master_key.get_secret_value(), b"a data key", "purpose")
    assert settings.documents_storage
    assert "AccountKey=" in settings.documents_storage.get_secret_value()


def test_the_host_is_told_nothing_it_does_not_know() -> None:
    """It ignores what it does not know: a misspelt limit would be no limit."""
    assert options(json.loads((ROOT / "host.json").read_text())) - HOST_OPTIONS == set()


def test_every_setting_a_binding_names_is_one_of_ours() -> None:
    text = json.dumps(bindings(), default=str)
    connections = {binding["connection"] for binding in bindings() if "connection" in binding}

    assert set(re.findall(r"%(\w+)%", text)) | connections == {
        "SWEEP_SCHEDULE",
        "DOCUMENTS_STORAGE",
    }
    assert {"SWEEP_SCHEDULE", "DOCUMENTS_STORAGE"} <= OURS
