"""The people of the demo firms, and signing in as one of them."""

import json

from local.errors import StackError
from local.parts.oidc import issuer
from local.ports import Ports
from local.sign_in import sign_in
from local.state import State


def token(state: State, email: str) -> str:
    """An access token, obtained as a browser would."""
    port = Ports(state.require_ready().port).oidc
    return sign_in(issuer(port), email, password(state, email)).access_token


def password(state: State, email: str) -> str:
    users = json.loads((state.root / "oidc/users.json").read_text())
    passwords = {user["email"]: user["password"] for user in users}
    if email not in passwords:
        raise StackError(f"Nobody is called {email} here. There are: {', '.join(passwords)}.")
    return passwords[email]
