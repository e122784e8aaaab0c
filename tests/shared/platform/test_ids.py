from dataclasses import replace
from uuid import uuid4

from shared.platform.actor import Actor, Origin, Role
from shared.platform.ids import new_id

ACTOR = Actor(uuid4(), uuid4(), Role.OWNER, origin=Origin(key="the key"))


def test_a_repeated_request_names_what_it_makes_the_same() -> None:
    assert new_id(ACTOR, "client") == new_id(replace(ACTOR), "client")


def test_without_a_key_each_request_makes_its_own() -> None:
    keyless = replace(ACTOR, origin=Origin())

    assert new_id(keyless, "client") != new_id(keyless, "client")


def test_nobody_elses_request_makes_the_same() -> None:
    others = [
        replace(ACTOR, organization_id=uuid4()),
        replace(ACTOR, user_id=uuid4()),
        replace(ACTOR, api_key_id=uuid4()),
        replace(ACTOR, origin=Origin(key="another")),
    ]

    made = {new_id(each, "client") for each in [ACTOR, *others]} | {new_id(ACTOR, "invitation")}

    assert len(made) == 6
