"""The product's database on the embedded server: roles, passwords, migrations."""

import secrets
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from local.parts.postgres import Postgres
from local.state import State
from shared.platform.migrate import migrate

NAME = "advisoros"
ROLES = Path(__file__).parents[1] / "infra/database/roles.sql"


def login(state: State, postgres: Postgres, role: str) -> str:
    return postgres.url(NAME, role, _password(state, role))


def set_up(state: State, postgres: Postgres) -> list[str]:
    """Bring it to the newest migration; answers with those it applied."""
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute(ROLES.read_bytes())
        for role in ("migrator", "app"):
            password = Literal(_password(state, role))
            admin.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), password))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone():
            admin.execute(SQL("CREATE DATABASE {} OWNER migrator").format(Identifier(NAME)))
    return migrate(login(state, postgres, "migrator"))


def _password(state: State, role: str) -> str:
    return state.secret(f"database-{role}", lambda: secrets.token_urlsafe(24))
