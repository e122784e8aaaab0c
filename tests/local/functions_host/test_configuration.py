import os
from datetime import timedelta
from pathlib import Path

import pytest

from local.functions_host.configuration import (
    ConfigurationError,
    load_local_settings,
    read_configuration,
    resolve_settings,
)


def test_without_a_host_json_azures_defaults_hold(tmp_path: Path) -> None:
    configuration = read_configuration(tmp_path)

    assert configuration.route_prefix == "api"
    assert configuration.function_timeout == timedelta(minutes=30)
    assert configuration.poison_blob_threshold == 5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "host.json is not JSON"),
        ('{"version": "1.0"}', "version: '1.0'"),
        ('{"extensions": {"blobs": {"poisonBlobThreshold": 0}}}', "blobs.poisonBlobThreshold: 0"),
        ('{"functionTimeout": "5m"}', "functionTimeout: '5m'"),
    ],
)
def test_a_broken_host_json_is_a_sentence(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "host.json").write_text(text)

    with pytest.raises(ConfigurationError, match=why):
        read_configuration(tmp_path)


def test_local_settings_do_not_override_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIVEN", "by the environment")
    monkeypatch.setenv("ADDED", "")
    monkeypatch.delenv("ADDED")
    (tmp_path / "local.settings.json").write_text(
        '{"Values": {"GIVEN": "by the file", "ADDED": "x"}}'
    )

    load_local_settings(tmp_path)

    assert (os.environ["GIVEN"], os.environ["ADDED"]) == ("by the environment", "x")


def test_settings_are_put_where_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPLOADS", "in/{name}")

    assert resolve_settings("%UPLOADS%.pdf") == "in/{name}.pdf"
    with pytest.raises(ValueError, match="the app setting MISSING"):
        resolve_settings("%MISSING%")
