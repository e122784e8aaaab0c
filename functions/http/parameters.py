"""A query parameter that a route does not know is refused: whoever sends it believes it works."""

from collections import Counter

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query

from shared.platform.errors import Invalid


class UnknownParameter(Invalid):
    """The route does not have that query parameter."""

    code = "unknown_parameter"
    remedy = "Leave out the query parameters that this route does not have"


class RepeatedParameter(Invalid):
    """A query parameter stands in the address more than once."""

    code = "repeated_parameter"
    remedy = "Send each query parameter once"


def names_of(dependant: Dependant) -> frozenset[str]:
    """The query parameters of a route and of what it depends on."""
    flat = get_flat_params(dependant)
    return frozenset(each.alias for each in flat if isinstance(each.field_info, Query))


def require_known(request: Request, known: frozenset[str]) -> None:
    given = Counter(name for name, _ in request.query_params.multi_items())
    if given.keys() - known:
        offered = ", ".join(sorted(known)) or "no query parameters"
        raise UnknownParameter(f"This route has {offered}")
    if any(times > 1 for times in given.values()):
        raise RepeatedParameter("A query parameter stands in the address more than once")
