"""That the walk covers all there is: a route or a table is walked from the day it is there."""

from functions.http import openapi
from tests.isolation.routes import Route, every_route, ids_in, parameters_of, shown
from tests.isolation.rows import Rows
from tests.isolation.things import IDS, PLAIN
from tests.isolation.world import World

ANONYMOUS = {
    "GET /api/health",
    "GET /api/docs",
    "GET /api/docs/openapi.json",
    "GET /api/docs/assets/{name}",
    "GET /api/review",
    "GET /api/review/{version}/{name}",
}
FOR_WHOEVER_IS_SIGNED_IN = {
    "GET /api/v1/documents/kinds",
    "GET /api/v1/documents/kinds/{kind}",
    "GET /api/v1/me",
    # One's own; what is others' takes a permission, which depends on what is asked for.
    "GET /api/v1/operations",
    "GET /api/v1/operations/{operation_id}",
    "POST /api/v1/operations/{operation_id}/cancel",
    "GET /api/v1/operations/{operation_id}/actions",
    "POST /api/v1/exports",
    "GET /api/v1/exports/{operation_id}/file",
    "GET /api/v1/sessions",
    "DELETE /api/v1/sessions",
    "DELETE /api/v1/sessions/{session_id}",
}
FOR_WHOEVER_PROVES_WHO_THEY_ARE = {
    "GET /api/v1/me/organizations",
    "POST /api/v1/invitations/accept",
}
WITHOUT_ROWS: set[str] = set()
"""Tables in which the walk's firm has nothing: what is there cannot be found by anybody."""


def names_of(routes: list[Route]) -> set[str]:
    return {str(route) for route in routes}


class TestEveryRoute:
    def test_of_the_document_is_walked(self) -> None:
        described = {
            f"{method.upper()} {path}"
            for path, methods in openapi.describe()["paths"].items()
            for method in methods
        }

        assert described - {"GET /api/health"} == names_of(list(shown()))

    def test_says_whom_it_lets_in(self) -> None:
        """A permission, or a place on one of three short lists."""
        routes = every_route()
        unguarded = names_of([each for each in routes if each.is_anonymous])
        lax = [each for each in routes if not each.permissions and not each.is_anonymous]

        assert unguarded == ANONYMOUS
        assert names_of([each for each in lax if each.needs_member]) == FOR_WHOEVER_IS_SIGNED_IN
        assert names_of([each for each in lax if not each.needs_member]) == (
            FOR_WHOEVER_PROVES_WHO_THEY_ARE
        )

    def test_takes_ids_that_the_walk_can_give(self) -> None:
        in_paths = {name for route in shown() for name in route.parameters}
        in_queries = {name for route in shown() for name in route.queries}
        in_bodies = {name for route in shown() for body in route.bodies for name, _ in ids_in(body)}

        assert in_paths - IDS.keys() - PLAIN.keys() == set()
        assert (in_queries | in_bodies) - IDS.keys() == set()

    def test_with_a_body_has_an_example_to_send(self) -> None:
        document = openapi.describe()
        with_body = {
            f"{method.upper()} {path}"
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if "requestBody" in operation
        }

        assert names_of([each for each in shown() if each.bodies == (None,)]) & with_body == set()
        assert names_of([each for each in shown() if not each.bodies]) == set()

    def test_takes_ids_as_such(self) -> None:
        """So that one in a path is told from a name, and one in a body has its place here."""
        document = openapi.describe()
        found = [
            (parameter["name"], str(parameter["schema"]))
            for methods in document["paths"].values()
            for operation in methods.values()
            for parameter in parameters_of(operation, document)
        ]

        assert {name for name, schema in found if name in IDS and "uuid" not in schema} == set()


def test_the_walks_firm_has_something_in_every_table(world: World, rows: Rows) -> None:
    assert rows.empty(world.firm.organization_id) == WITHOUT_ROWS
