"""The demo firms, and the people who sign in to them."""

import json
from pathlib import Path

from local import demo
from shared.identity import members
from shared.platform.actor import Actor, Role
from shared.platform.paging import Asked

ISSUER = "https://demo.test"


async def test_founding_them_again_changes_nothing() -> None:
    for _ in range(2):
        for firm in demo.FIRMS:
            await demo.found(firm, ISSUER)

    for firm in demo.FIRMS:
        owner = Actor(firm.id, None, Role.OWNER)
        found = await members.list_members(owner, Asked())
        assert {(each.email, each.role) for each in found.items} == {
            (person.email, person.role) for person in firm.people()
        }


def test_people_who_join_later_have_the_password_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    demo.write_users(path)
    first = json.loads(path.read_text())

    path.write_text(json.dumps(first[:2]))
    demo.write_users(path)

    assert json.loads(path.read_text()) == first
    assert len({each["password"] for each in first}) == 1


def test_people_who_were_added_by_hand_stay(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    demo.write_users(path)
    known = [*json.loads(path.read_text()), {"email": "mine@demo.test", "password": "own"}]

    path.write_text(json.dumps(known[3:]))
    demo.write_users(path)

    found = {each["email"]: each["password"] for each in json.loads(path.read_text())}
    assert set(found) == {each["email"] for each in known}
    assert found["mine@demo.test"] == "own"


def test_somebody_can_sign_in_whom_no_firm_knows_yet(tmp_path: Path) -> None:
    demo.write_users(tmp_path / "users.json")

    users = json.loads((tmp_path / "users.json").read_text())

    members = {person.email for firm in demo.FIRMS for person in firm.people()}
    assert "nora@demo.test" in {each["email"] for each in users} - members


def test_one_of_them_has_no_second_factor(tmp_path: Path) -> None:
    demo.write_users(tmp_path / "users.json")

    users = json.loads((tmp_path / "users.json").read_text())

    assert [each["email"] for each in users if not each["second_factor"]] == [
        "password-only@demo.test"
    ]
