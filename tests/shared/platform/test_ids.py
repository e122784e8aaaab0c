from dataclasses import replace
from uuid import uuid4

from shared.platform.actor import Actor, Origin, Role
from shared.platform.ids import new_id

ACTOR = Actor(uuid4(), uuid4(), Role.OWNER, origin=Origin(claim_id=uuid4()))


def test_a_repeated_request_names_what_it_makes_the_same() -> None:
    assert new_id(ACTOR, "client") == new_id(replace(ACTOR), "client")


def test_without_a_key_each_request_makes_its_own() -> None:
    keyless = replace(ACTOR, origin=Origin())

    assert new_id(keyless, "client") != new_id(keyless, "client")


def test_nothing_else_has_the_same_name() -> None:
    another = replace(ACTOR, origin=Origin(claim_id=uuid4()))

    made = {new_id(ACTOR, "client"), new_id(another, "client"), new_id(ACTOR, "invitation")}

    assert len(made) == 3
