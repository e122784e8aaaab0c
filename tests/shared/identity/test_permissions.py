"""The table of roles and permissions, as the firm's handbook has it."""

from uuid import uuid4

import pytest

from shared.identity.permissions import Permission, effective, may, require
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
TABLE = {
    # owner, admin, manager, senior CPA, CPA, staff, intern, client (its own records alone)
    Permission.READ_USERS: "yyyyyy--",
    Permission.CREATE_USERS: "yy------",
    Permission.UPDATE_USERS: "yy------",
    Permission.INVITE_USERS: "yy------",
    Permission.DELETE_USERS: "yy------",
    Permission.READ_CLIENTS: "yyyyyy-y",
    Permission.CREATE_CLIENTS: "yyyyy---",
    Permission.UPDATE_CLIENTS: "yyyyy---",
    Permission.DELETE_CLIENTS: "yyy-----",
    Permission.EXPORT_CLIENTS: "yyy-----",
    Permission.READ_DOCUMENTS: "yyyyyyyy",
    Permission.DOWNLOAD_DOCUMENTS: "yyyyyy-y",  # an intern reads
    Permission.CREATE_DOCUMENTS: "yyyyyy-y",
    Permission.UPDATE_DOCUMENTS: "yyyyyy--",
    Permission.DELETE_DOCUMENTS: "yyyy----",
    Permission.SHARE_DOCUMENTS: "yyyy----",
    Permission.REVEAL_TINS: "y-yyy---",
    Permission.READ_FINANCIALS: "yyyyy---",
    Permission.UPDATE_FINANCIALS: "yyyy----",
    Permission.EXPORT_FINANCIALS: "yyyy----",
    Permission.READ_BILLING: "yyy----y",
    Permission.CREATE_BILLING: "yyy-----",
    Permission.UPDATE_BILLING: "yyy-----",
    Permission.DELETE_BILLING: "yy------",
    Permission.READ_REPORTS: "yyyyyyy-",
    Permission.CREATE_REPORTS: "yyyy----",
    Permission.EXPORT_REPORTS: "yyyy----",
    Permission.SCHEDULE_REPORTS: "yyyy----",
    Permission.READ_WORKFLOWS: "yyyyyy--",
    Permission.EXECUTE_WORKFLOWS: "yyyyyy--",
    Permission.CREATE_WORKFLOWS: "yyy-----",
    Permission.UPDATE_WORKFLOWS: "yyy-----",
    Permission.DELETE_WORKFLOWS: "yyy-----",
    Permission.MANAGE_SETTINGS: "yy------",
    Permission.READ_AUDIT: "yyy-----",
    Permission.ADMINISTER: "y-------",
    Permission.ACCESS_API: "yyyyy---",
    Permission.MANAGE_API_KEYS: "yy------",
}


def test_the_table_has_every_permission_and_every_role() -> None:
    assert set(TABLE) == set(Permission)
    assert {*ROLES, Role.SYSTEM} == set(Role)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_the_table_says(role: Role, permission: Permission) -> None:
    actor = Actor(uuid4(), uuid4(), role)

    assert may(actor, permission) is (TABLE[permission][ROLES.index(role)] == "y")


@pytest.mark.parametrize("permission", Permission)
def test_nobody_at_the_keyboard_may_nothing_a_person_is_asked_for(permission: Permission) -> None:
    assert not may(system(uuid4()), permission)


def test_a_refusal_says_which_role_may_not_do_what() -> None:
    with pytest.raises(Forbidden, match="The role intern may not documents:create"):
        require(Actor(uuid4(), uuid4(), Role.INTERN), Permission.CREATE_DOCUMENTS)


def test_an_api_key_does_no_more_than_its_scopes_and_no_more_than_its_role() -> None:
    scopes = frozenset({Permission.READ_CLIENTS, Permission.ADMINISTER})
    key = Actor(uuid4(), uuid4(), Role.MANAGER, scopes=scopes)

    assert effective(key) == {Permission.READ_CLIENTS}
