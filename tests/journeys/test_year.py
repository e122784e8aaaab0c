"""A firm's year, from whoever joins to whoever leaves, on the whole stack."""

import time

import httpx

from shared.identity.permissions import HOLDERS
from shared.platform.actor import Role
from tests.journeys.people import accept, introduce, invite
from tests.journeys.stack import Stack

NEWCOMER, NAME = "nora@new.test", "Nora Newcomer"
REFUSED_WITHIN = 60


def test_somebody_is_invited_joins_works_and_leaves(stack: Stack) -> None:
    introduce(stack, NEWCOMER, NAME)
    with stack.http() as owner, stack.http(NEWCOMER) as newcomer:  # both through the login page
        stranger = newcomer.get("/me")

        user_id = accept(newcomer, invite(owner, NEWCOMER, NAME, "cpa"))
        me = newcomer.get("/me").json()
        seen = newcomer.get("/clients")
        left = leave(owner, user_id)

        assert (stranger.status_code, stranger.json()["code"]) == (403, "not_a_member")
        assert (me["user"]["id"], me["role"], me["has_second_factor"]) == (user_id, "cpa", True)
        allowed = {permission.value for permission, roles in HOLDERS.items() if Role.CPA in roles}
        assert set(me["permissions"]) == allowed
        assert "Rivera Family" in [client["name"] for client in seen.json()["items"]]
        assert (left.status_code, left.json()["user_id"]) == (200, user_id)
        refused = first_refusal(newcomer)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_a_member")


def test_an_invitation_is_good_once(stack: Stack) -> None:
    first, second = "first@new.test", "second@new.test"
    for email in (first, second):
        introduce(stack, email, "Fast Or Late")
    with stack.http() as owner, stack.http(first) as fast, stack.http(second) as late:
        secret = invite(owner, first, "Fast Or Late", "staff")
        user_id = accept(fast, secret)

        refused = late.post("/invitations/accept", json={"secret": secret})

        assert (refused.status_code, refused.json()["code"]) == (410, "invitation_not_valid")
        assert late.get("/me").status_code == 403
        leave(owner, user_id)


def leave(owner: httpx.Client, user_id: str) -> httpx.Response:
    """All that is theirs goes to the owner."""
    successor_id = owner.get("/me").json()["user"]["id"]
    leaving = {"successor_id": successor_id, "statement": "Keys and laptop are back."}
    return owner.post(f"/members/{user_id}/offboard", json=leaving)


def first_refusal(left: httpx.Client) -> httpx.Response:
    deadline = time.monotonic() + REFUSED_WITHIN
    while (answer := left.get("/clients")).is_success:
        assert time.monotonic() < deadline, "whoever has left still comes in"
        time.sleep(0.2)
    return answer
