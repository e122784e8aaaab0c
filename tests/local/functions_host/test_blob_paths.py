import pytest

from local.functions_host.blob_paths import parse_blob_path


@pytest.mark.parametrize(
    ("path", "name", "parameters"),
    [
        ("in/{name}", "a/b.pdf", {"name": "a/b.pdf"}),
        ("in/{org}/{name}", "a/b/c.pdf", {"org": "a/b", "name": "c.pdf"}),
        ("in/{org}/{name}", "flat.pdf", None),
        ("in/{name}.{ext}", "a.b.pdf", {"name": "a.b", "ext": "pdf"}),
        ("in/done/{name}", "other/x", None),
        ("in", "anything/at all", {"name": "anything/at all"}),
        ("in/(1)+{name}", "(1)+x", {"name": "x"}),
    ],
)
def test_parameters_are_greedy_as_in_azure(
    path: str, name: str, parameters: dict[str, str] | None
) -> None:
    assert parse_blob_path(path).match(name) == parameters


def test_only_names_that_begin_right_need_be_listed() -> None:
    path = parse_blob_path("in/done/2026-{name}")

    assert (path.container, path.prefix) == ("in", "done/2026-")


@pytest.mark.parametrize("path", ["", "/x", "{container}/x"])
def test_the_container_must_be_named(path: str) -> None:
    with pytest.raises(ValueError, match="must begin with the name of a container"):
        parse_blob_path(path)


def test_a_parameter_cannot_come_twice() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        parse_blob_path("in/{name}/{name}")
