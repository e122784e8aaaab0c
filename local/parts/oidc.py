"""Sign-in: a full OpenID Connect provider, with the people of a JSON file."""

from collections.abc import Iterable
from pathlib import Path

from local.parts import node
from local.parts.part import HOST, Part, answers_ok

AUDIENCE = "api://advisoros"
CLIENT_ID = "advisoros"
SCOPE = "openid email profile access_as_user"


def issuer(port: int) -> str:
    return f"http://{HOST}:{port}"


def jwks_url(port: int) -> str:
    return f"{issuer(port)}/jwks"


def oidc(
    folder: Path,
    port: int,
    *,
    users: Path,
    web_port: int,
    apps: Iterable[str] = (),
    issuer_name: str | None = None,
) -> Part:
    """The users file is read at each sign-in, so a new person needs no restart.

    ``apps`` are the origins whose pages sign people in, beside our own.
    """
    node.script("oidc-provider/package.json")  # says so when it is missing
    return Part(
        name="oidc",
        port=port,
        command=[node.program(), "--disable-warning=ExperimentalWarning", str(_SERVER)],
        is_healthy=lambda: answers_ok(f"{issuer(port)}/.well-known/openid-configuration"),
        environment={
            "ISSUER": issuer_name or issuer(port),
            "PORT": str(port),
            "FOLDER": str(folder),
            "USERS": str(users),
            "AUDIENCE": AUDIENCE,
            "CLIENT_ID": CLIENT_ID,
            "WEB_ORIGINS": f"http://localhost:{web_port} http://{HOST}:{web_port}",
            "APP_ORIGINS": " ".join(apps),
            "NODE_ENV": "production",
        },
    )


_SERVER = Path(__file__).with_suffix(".mjs")
