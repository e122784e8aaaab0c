"""The examples in the API's description are ones the API would take and give."""

import pytest
from pydantic import BaseModel

from functions.http.examples import EXAMPLES


@pytest.mark.parametrize("model", EXAMPLES, ids=lambda model: model.__name__)
def test_an_example_has_the_shape_it_shows(model: type[BaseModel]) -> None:
    shown = model.model_validate(EXAMPLES[model]).model_dump(mode="json")

    assert shown == EXAMPLES[model]
