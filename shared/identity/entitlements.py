"""What the firm's plan lets it have: the one place where wishes are compared with the plan."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from shared.identity.models import OrganizationRow
from shared.identity.plans import PLANS, Feature, Limit
from shared.identity.queries import organizations as queries
from shared.platform.db import Tx
from shared.platform.errors import AppError

Count = Callable[[Tx], Awaitable[int]]


class PlanLimitReached(AppError):
    """The firm's plan does not include it, has no room for more, or has ended."""

    status = 402
    code = "plan_limit_reached"
    remedy = "Move to a larger plan, or make room"


async def require_feature(tx: Tx, feature: Feature) -> None:
    """Also where a plan has ended, nothing of what it included goes on."""
    organization = await queries.get_organization(tx)
    _require_running(organization)
    if feature not in PLANS[organization.plan].features:
        raise PlanLimitReached(f"The plan {organization.plan} does not include {feature}")


async def require_room(tx: Tx, limit: Limit, count: Count, adding: int = 1) -> None:
    """``count`` says what is there already.

    It is asked while the firm's row is locked: of two who would take the last place at once, the
    second counts the first. Without a limit nobody waits and nothing is counted.
    """
    organization = await queries.get_organization(tx)
    _require_running(organization)
    if limit not in PLANS[organization.plan].limits:
        return
    organization = await queries.lock_organization(tx)
    allowed = PLANS[organization.plan].limits.get(limit)
    if allowed is not None and await count(tx) + adding > allowed:
        raise PlanLimitReached(f"The plan {organization.plan} has room for {allowed:,} {limit}")


def _require_running(organization: OrganizationRow) -> None:
    if organization.plan_ends_at and organization.plan_ends_at <= datetime.now(UTC):
        raise PlanLimitReached(f"The plan {organization.plan} has ended")
