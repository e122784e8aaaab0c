"""The table of roles and permissions, as the firm's handbook has it."""

from uuid import uuid4

import pytest

from shared.identity.permissions import Permission, may, require
from shared.platform.actor import Actor, Role, system
from shared.platform.errors import Forbidden

ROLES = (
    Role.OWNER,
    Role.ADMIN,
    Role.MANAGER,
    Role.SENIOR_CPA,
    Role.CPA,
    Role.STAFF,
    Role.INTERN,
    Role.CLIENT,
)
YES, NO = True, False
TABLE = {
    Permission.INVITE_USERS: (YES, YES, NO, NO, NO, NO, NO, NO),
    Permission.MANAGE_SETTINGS: (YES, YES, NO, NO, NO, NO, NO, NO),
    Permission.READ_CLIENTS: (YES, YES, YES, YES, YES, YES, NO, YES),  # a client: its own
    Permission.CREATE_CLIENTS: (YES, YES, YES, YES, YES, NO, NO, NO),
    Permission.READ_DOCUMENTS: (YES, YES, YES, YES, YES, YES, YES, YES),  # a client: its own
    Permission.DOWNLOAD_DOCUMENTS: (YES, YES, YES, YES, YES, YES, NO, YES),  # an intern reads
    Permission.CREATE_DOCUMENTS: (YES, YES, YES, YES, YES, YES, NO, YES),
    Permission.UPDATE_DOCUMENTS: (YES, YES, YES, YES, YES, YES, NO, NO),
    Permission.REVEAL_TINS: (YES, NO, YES, YES, YES, NO, NO, NO),
}


def test_the_table_has_every_permission_and_every_role() -> None:
    assert set(TABLE) == set(Permission)
    assert {*ROLES, Role.SYSTEM} == set(Role)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_the_table_says(role: Role, permission: Permission) -> None:
    actor = Actor(uuid4(), uuid4(), role)

    assert may(actor, permission) is TABLE[permission][ROLES.index(role)]


@pytest.mark.parametrize("permission", Permission)
def test_nobody_at_the_keyboard_may_nothing_a_person_is_asked_for(permission: Permission) -> None:
    assert not may(system(uuid4()), permission)


def test_a_refusal_says_which_role_may_not_do_what() -> None:
    with pytest.raises(Forbidden, match="The role intern may not documents:create"):
        require(Actor(uuid4(), uuid4(), Role.INTERN), Permission.CREATE_DOCUMENTS)
