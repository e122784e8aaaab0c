"""People who come to a running stack: the provider knows them, and at first no firm does."""

import json
from uuid import uuid4

import httpx

from local.state import write_private
from tests.journeys.stack import Stack


def introduce(stack: Stack, email: str, name: str) -> None:
    """With the password that everybody has here, and a telephone for the second factor."""
    path = stack.state / "oidc/users.json"
    users = json.loads(path.read_text())
    if email in {user["email"] for user in users}:
        return
    password = users[0]["password"]
    new = {"email": email, "sub": str(uuid4()), "name": name, "password": password}
    write_private(path, json.dumps([*users, new | {"second_factor": True}]))


def invite(owner: httpx.Client, email: str, name: str, role: str) -> str:
    """The secret, which the owner passes on as they like."""
    sent = owner.post("/invitations", json={"email": email, "name": name, "role": role})
    assert sent.status_code == 201
    return sent.json()["secret"]


def accept(newcomer: httpx.Client, secret: str) -> str:
    """Their id in the firm that they belong to now."""
    joined = newcomer.post("/invitations/accept", json={"secret": secret})
    assert joined.status_code == 200
    return joined.json()["id"]
