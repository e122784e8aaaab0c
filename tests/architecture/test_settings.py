"""What a deployment has to set: one class, one sample file, and the bindings agree."""

import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from function_app import app
from functions.http.headers import EVERY_ANSWER
from local.state import write_private
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
    "extensions.http.customHeaders.Strict-Transport-Security",
    "extensions.http.customHeaders.X-Content-Type-Options",
    "extensions.http.customHeaders.X-Frame-Options",
    "extensions.http.customHeaders.Referrer-Policy",
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


def test_the_sample_can_be_used_as_it_is_with_a_key_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_private(tmp_path / "master-key", b64encode(bytes(range(32))).decode())
    settings = Settings.model_validate({name.lower(): value for name, value in SAMPLE.items()})

    assert settings.documents_storage
    assert "AccountKey=" in settings.documents_storage.get_secret_value()


def test_the_host_is_told_nothing_it_does_not_know() -> None:
    """It ignores what it does not know: a misspelt limit would be no limit."""
    assert options(json.loads((ROOT / "host.json").read_text())) - HOST_OPTIONS == set()


def test_what_the_host_answers_itself_has_our_headers() -> None:
    given = json.loads((ROOT / "host.json").read_text())["extensions"]["http"]["customHeaders"]

    assert {name.lower(): value for name, value in given.items()}.items() <= EVERY_ANSWER.items()


def test_every_setting_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)

    assert {name.upper() for name in explained} == OURS | {name.upper() for name in OF_THE_HOST}
    assert len(explained) == len(set(explained))


def test_every_setting_a_binding_names_is_one_of_ours() -> None:
    text = json.dumps(bindings(), default=str)
    connections = {binding["connection"] for binding in bindings() if "connection" in binding}

    assert set(re.findall(r"%(\w+)%", text)) | connections == {
        "SWEEP_SCHEDULE",
        "SEALS_SCHEDULE",
        "PARTITIONS_SCHEDULE",
        "KEYS_SCHEDULE",
        "DOCUMENTS_STORAGE",
    }
    assert {"SWEEP_SCHEDULE", "DOCUMENTS_STORAGE"} <= OURS
