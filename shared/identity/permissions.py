"""Who may do what: the only question a use case asks about a role."""

from enum import StrEnum

from shared.platform.actor import Actor, Role
from shared.platform.errors import Forbidden


class Permission(StrEnum):
    READ_CLIENTS = "clients:read"
    CREATE_CLIENTS = "clients:create"
    INVITE_USERS = "users:invite"
    MANAGE_SETTINGS = "settings:manage"
    READ_DOCUMENTS = "documents:read"
    DOWNLOAD_DOCUMENTS = "documents:download"
    CREATE_DOCUMENTS = "documents:create"
    UPDATE_DOCUMENTS = "documents:update"
    REVEAL_TINS = "tin:reveal"


_ALL = frozenset(Permission)
_PREPARING = _ALL - {Permission.INVITE_USERS, Permission.MANAGE_SETTINGS}
_HELPING = _PREPARING - {Permission.CREATE_CLIENTS, Permission.REVEAL_TINS}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _ALL,
    Role.ADMIN: _ALL - {Permission.REVEAL_TINS},
    Role.MANAGER: _PREPARING,
    Role.SENIOR_CPA: _PREPARING,
    Role.CPA: _PREPARING,
    Role.STAFF: _HELPING,
    Role.INTERN: frozenset({Permission.READ_DOCUMENTS}),
    Role.CLIENT: frozenset(  # of their own records only, which the database sees to
        {
            Permission.READ_CLIENTS,
            Permission.READ_DOCUMENTS,
            Permission.DOWNLOAD_DOCUMENTS,
            Permission.CREATE_DOCUMENTS,
        }
    ),
    Role.SYSTEM: frozenset(),
}


def may(actor: Actor, permission: Permission) -> bool:
    return permission in ROLES[actor.role]


def require(actor: Actor, permission: Permission) -> None:
    if not may(actor, permission):
        raise Forbidden(f"The role {actor.role} may not {permission}")
