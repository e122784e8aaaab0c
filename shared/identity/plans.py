"""The plans a firm can be on, as data.

The practice model gives the clients and the features; people and storage are ours to choose. A
trial is the starter plan with an end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

GIB = 2**30


class Plan(StrEnum):
    TRIAL = "trial"
    STARTER = "starter"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"


class Feature(StrEnum):
    QUICKBOOKS = "quickbooks"
    API = "api"
    AUDIT_TOOLS = "audit_tools"


class Limit(StrEnum):
    """``users`` are the firm's own people, also those invited; its clients' do not count."""

    CLIENTS = "clients"
    USERS = "users"
    STORAGE_BYTES = "storage_bytes"


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What a plan includes. What ``limits`` does not name has no end."""

    features: frozenset[Feature]
    limits: Mapping[Limit, int]


_STARTER = Entitlements(
    features=frozenset(),
    limits={Limit.CLIENTS: 25, Limit.USERS: 5, Limit.STORAGE_BYTES: 25 * GIB},
)

PLANS: dict[Plan, Entitlements] = {
    Plan.TRIAL: _STARTER,
    Plan.STARTER: _STARTER,
    Plan.PROFESSIONAL: Entitlements(
        features=frozenset({Feature.QUICKBOOKS}),
        limits={Limit.CLIENTS: 100, Limit.USERS: 25, Limit.STORAGE_BYTES: 250 * GIB},
    ),
    Plan.ENTERPRISE: Entitlements(features=frozenset(Feature), limits={}),
}
