"""The examples in the API's description are ones the API would take and give."""

import pytest
from pydantic import BaseModel

from functions.http.examples import EXAMPLES


@pytest.mark.parametrize("model", EXAMPLES, ids=lambda model: model.__name__)
def test_an_example_has_the_shape_it_shows(model: type[BaseModel]) -> None:
    may_leave_out = model.model_config.get("extra") == "forbid"  # what is sent; answers are whole
    made = model.model_validate(EXAMPLES[model])
    shown = made.model_dump(mode="json", exclude_unset=may_leave_out)

    assert shown == EXAMPLES[model]
