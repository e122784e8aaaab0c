"""The examples in the API's description are ones the API would take and give."""

import pytest
from pydantic import BaseModel

from functions.http.examples import EXAMPLES
from shared.clients.models import Client
from shared.documents import models
from shared.identity.models import OrganizationSettings, SettingsChange
from shared.platform.health import Health

MODELS: dict[str, type[BaseModel]] = {
    "Client": Client,
    "Health": Health,
    "OrganizationSettings": OrganizationSettings,
    "SettingsChange": SettingsChange,
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_the_shape_it_shows(name: str) -> None:
    model = MODELS.get(name) or getattr(models, name)

    shown = model.model_validate(EXAMPLES[name]).model_dump(mode="json")

    assert shown == EXAMPLES[name]
