"""Route templates and the order they are tried in."""

from collections.abc import Collection

import pytest

from local.functions_host.functions import Function
from local.functions_host.routes import Router, Template

GUID = "00000000-0000-0000-0000-000000000007"


def function(name: str) -> Function:
    return Function(name, print, {"type": "httpTrigger", "name": "req"})


def router(*routes: tuple[str, str, Collection[str]], prefix: str = "api") -> Router:
    made = Router(prefix)
    for name, route, methods in routes:
        made.add(function(name), route, methods)
    return made


def found(routes: Router, method: str, path: str) -> str | None:
    match = routes.find(method, path)
    return match[0].name if match else None


@pytest.mark.parametrize(
    ("route", "path", "parameters"),
    [
        ("a/{id}", "/api/a/7", {"id": "7"}),
        ("a/{id:int}", "/api/a/7", {"id": "7"}),
        ("a/{id:int}", "/api/a/x", None),
        ("a/{id:guid}", f"/api/a/{GUID}", {"id": GUID}),
        ("a/{*path}", "/api/a", {}),
        ("a/{*path}", "/api/a/", {"path": ""}),
        ("a/{*path}", "/api/a/b/c", {"path": "b/c"}),
        ("a/{*path}", "/api/ab", None),
        ("a/{id?}", "/api/a", {}),
        ("a/{x=9}", "/api/a", {"x": "9"}),
        ("A/b", "/API/a/B/", {}),
        ("f/{name}.{ext}", "/api/f/x.pdf", {"name": "x", "ext": "pdf"}),
        ("a/{id}", "/api/a/b%2Fc", {"id": "b/c"}),
        ("a/{id}", "/api/a/b/c", None),
    ],
)
def test_a_template_matches(route: str, path: str, parameters: dict[str, str] | None) -> None:
    assert Template(route, "api").match(path) == parameters


def test_without_a_prefix_a_template_may_be_the_whole_path() -> None:
    assert Template("/{*route}", "").match("/x/y") == {"route": "x/y"}


@pytest.mark.parametrize(
    ("route", "why"),
    [
        ("/a", "begins with '/'"),
        ("a/{id:phone}", "unknown constraint 'phone'"),
        ("a/{id", "cannot read"),
    ],
)
def test_a_template_that_azure_would_misread_is_refused(route: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Template(route, "api")


@pytest.mark.parametrize("route", ["admin/x", "runtime/webhooks"])
def test_the_hosts_own_paths_are_reserved(route: str) -> None:
    with pytest.raises(ValueError, match="reserved"):
        Template(route, "")


def test_the_first_function_by_name_wins_even_over_a_literal() -> None:
    documents = router(
        ("documents_search", "documents/search", ["GET"]),
        ("documents_get", "documents/{id}", ["GET"]),
    )

    assert found(documents, "GET", "/api/documents/search") == "documents_get"
    assert [(a.name, b.name) for a, b in documents.shadowed()] == [
        ("documents_get", "documents_search")
    ]


def test_a_route_answers_only_its_methods() -> None:
    documents = router(("read", "documents", ["GET"]), ("write", "documents", ["POST"]))

    assert found(documents, "POST", "/api/documents") == "write"
    assert found(documents, "PUT", "/api/documents") is None


def test_two_functions_cannot_have_the_same_route() -> None:
    documents = router(("one", "documents/{id}", ["GET", "POST"]))

    with pytest.raises(ValueError, match="already that of 'one'"):
        documents.add(function("two"), "Documents/{number}", ["POST"])
