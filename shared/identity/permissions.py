"""Who may do what: the only question a use case asks about a role."""

from enum import StrEnum

from shared.platform.actor import Actor, Role
from shared.platform.errors import Forbidden


class ScopeMissing(Forbidden):
    """The API key may not do this, though its member may."""

    code = "scope_missing"
    remedy = "Use an API key with that scope, or sign in as a person"


class Permission(StrEnum):
    READ_USERS = "users:read"
    CREATE_USERS = "users:create"
    UPDATE_USERS = "users:update"
    INVITE_USERS = "users:invite"
    DELETE_USERS = "users:delete"
    READ_CLIENTS = "clients:read"
    CREATE_CLIENTS = "clients:create"
    UPDATE_CLIENTS = "clients:update"
    DELETE_CLIENTS = "clients:delete"
    EXPORT_CLIENTS = "clients:export"
    READ_DOCUMENTS = "documents:read"
    DOWNLOAD_DOCUMENTS = "documents:download"
    CREATE_DOCUMENTS = "documents:create"
    UPDATE_DOCUMENTS = "documents:update"
    DELETE_DOCUMENTS = "documents:delete"
    SHARE_DOCUMENTS = "documents:share"
    REVEAL_TINS = "tin:reveal"
    READ_FINANCIALS = "financial:read"
    UPDATE_FINANCIALS = "financial:update"
    EXPORT_FINANCIALS = "financial:export"
    READ_BILLING = "billing:read"
    CREATE_BILLING = "billing:create"
    UPDATE_BILLING = "billing:update"
    DELETE_BILLING = "billing:delete"
    READ_REPORTS = "reports:read"
    CREATE_REPORTS = "reports:create"
    EXPORT_REPORTS = "reports:export"
    SCHEDULE_REPORTS = "reports:schedule"
    READ_WORKFLOWS = "workflows:read"
    EXECUTE_WORKFLOWS = "workflows:execute"
    CREATE_WORKFLOWS = "workflows:create"
    UPDATE_WORKFLOWS = "workflows:update"
    DELETE_WORKFLOWS = "workflows:delete"
    MANAGE_SETTINGS = "system:settings"
    READ_AUDIT = "system:audit"
    ADMINISTER = "system:admin"
    ACCESS_API = "api:access"
    MANAGE_API_KEYS = "api:keys"


STAFF = (Role.OWNER, Role.ADMIN, Role.MANAGER, Role.SENIOR_CPA, Role.CPA, Role.STAFF, Role.INTERN)
"""From the most to the least trusted."""


def _down_to(least: Role) -> frozenset[Role]:
    return frozenset(STAFF[: STAFF.index(least) + 1])


_CLIENT = {Role.CLIENT}  # of their own records only, which the database sees to

HOLDERS: dict[Permission, frozenset[Role]] = {
    Permission.READ_USERS: _down_to(Role.STAFF),
    Permission.CREATE_USERS: _down_to(Role.ADMIN),
    Permission.UPDATE_USERS: _down_to(Role.ADMIN),
    Permission.INVITE_USERS: _down_to(Role.ADMIN),
    Permission.DELETE_USERS: _down_to(Role.ADMIN),
    Permission.READ_CLIENTS: _down_to(Role.STAFF) | _CLIENT,
    Permission.CREATE_CLIENTS: _down_to(Role.CPA),
    Permission.UPDATE_CLIENTS: _down_to(Role.CPA),
    Permission.DELETE_CLIENTS: _down_to(Role.MANAGER),
    Permission.EXPORT_CLIENTS: _down_to(Role.MANAGER),
    Permission.READ_DOCUMENTS: _down_to(Role.INTERN) | _CLIENT,
    Permission.DOWNLOAD_DOCUMENTS: _down_to(Role.STAFF) | _CLIENT,
    Permission.CREATE_DOCUMENTS: _down_to(Role.STAFF) | _CLIENT,
    Permission.UPDATE_DOCUMENTS: _down_to(Role.STAFF),
    Permission.DELETE_DOCUMENTS: _down_to(Role.SENIOR_CPA),
    Permission.SHARE_DOCUMENTS: _down_to(Role.SENIOR_CPA),
    Permission.REVEAL_TINS: _down_to(Role.CPA) - {Role.ADMIN},
    Permission.READ_FINANCIALS: _down_to(Role.CPA),
    Permission.UPDATE_FINANCIALS: _down_to(Role.SENIOR_CPA),
    Permission.EXPORT_FINANCIALS: _down_to(Role.SENIOR_CPA),
    Permission.READ_BILLING: _down_to(Role.MANAGER) | _CLIENT,
    Permission.CREATE_BILLING: _down_to(Role.MANAGER),
    Permission.UPDATE_BILLING: _down_to(Role.MANAGER),
    Permission.DELETE_BILLING: _down_to(Role.ADMIN),
    Permission.READ_REPORTS: _down_to(Role.INTERN),
    Permission.CREATE_REPORTS: _down_to(Role.SENIOR_CPA),
    Permission.EXPORT_REPORTS: _down_to(Role.SENIOR_CPA),
    Permission.SCHEDULE_REPORTS: _down_to(Role.SENIOR_CPA),
    Permission.READ_WORKFLOWS: _down_to(Role.STAFF),
    Permission.EXECUTE_WORKFLOWS: _down_to(Role.STAFF),
    Permission.CREATE_WORKFLOWS: _down_to(Role.MANAGER),
    Permission.UPDATE_WORKFLOWS: _down_to(Role.MANAGER),
    Permission.DELETE_WORKFLOWS: _down_to(Role.MANAGER),
    Permission.MANAGE_SETTINGS: _down_to(Role.ADMIN),
    Permission.READ_AUDIT: _down_to(Role.MANAGER),
    Permission.ADMINISTER: _down_to(Role.OWNER),
    Permission.ACCESS_API: _down_to(Role.CPA),
    Permission.MANAGE_API_KEYS: _down_to(Role.ADMIN),
}

ROLES: dict[Role, frozenset[Permission]] = {
    role: frozenset(each for each, holders in HOLDERS.items() if role in holders) for role in Role
}


def may(actor: Actor, permission: Permission) -> bool:
    """What the role allows, less what an API key was not given."""
    in_scope = actor.scopes is None or permission in actor.scopes
    return in_scope and permission in ROLES[actor.role]


def effective(actor: Actor) -> frozenset[Permission]:
    return frozenset(each for each in Permission if may(actor, each))


def require(actor: Actor, permission: Permission) -> None:
    if permission not in ROLES[actor.role]:
        raise Forbidden(f"The role {actor.role} may not {permission}")
    if not may(actor, permission):
        raise ScopeMissing(f"The API key does not have the scope {permission}")
