"""What npm did not install is missed in a sentence, before anything starts."""

import pytest

from local.errors import PartMissing
from local.parts import node


def test_a_missing_npm_part_is_told_with_the_command_that_brings_it() -> None:
    with pytest.raises(PartMissing, match=r"npm package azurite-2 is missing\. Run `make setup`"):
        node.script("azurite-2/server.js")
