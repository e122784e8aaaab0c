"""ASP.NET route templates, tried as the Functions host tries them.

Routes are tried in the order of their functions' names, and the first whose
template and method match wins: a literal does not come before a parameter.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from local.functions_host.functions import Function

RESERVED = frozenset({"admin", "runtime"})
GUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
CONSTRAINTS: Mapping[str, str] = {
    "int": r"-?\d+",
    "long": r"-?\d+",
    "guid": GUID,
    "bool": r"(?:true|false)",
    "alpha": r"[A-Za-z]+",
    "decimal": r"-?\d+(?:\.\d+)?",
    "double": r"-?\d+(?:\.\d+)?",
    "datetime": r"[^/]+",
    "required": r"[^/]+",
}
PARAMETER = re.compile(
    r"\{(?P<star>\*{0,2})(?P<name>\w+)(?P<constraints>(?::[^{}?=]+)*)"
    r"(?:=(?P<default>[^{}]*))?(?P<optional>\?)?\}"
)


class Template:
    """A route such as ``documents/{id:guid}`` or ``documents/{*path}``, under a prefix."""

    def __init__(self, route: str, prefix: str) -> None:
        if prefix and route.startswith("/"):
            raise ValueError(f"route {route!r} begins with '/': it would make an empty segment")
        self.text = "/".join(part for part in (prefix.strip("/"), route.strip("/")) if part)
        self.shape = PARAMETER.sub("{}", self.text).casefold()
        self.defaults: dict[str, str] = {}
        segments = self.text.split("/") if self.text else []
        if segments and segments[0].casefold() in RESERVED:
            raise ValueError(f"route {self.text!r}: {segments[0]!r} is reserved for the host")
        pattern = "".join(
            self._segment(segment, first=number == 0) for number, segment in enumerate(segments)
        )
        self._pattern = re.compile(pattern + "/?", re.IGNORECASE)

    def _segment(self, segment: str, *, first: bool) -> str:
        pattern, position, optional = "", 0, False
        for part in PARAMETER.finditer(segment):
            pattern += re.escape(segment[position : part.start()])
            position = part.end()
            if part["default"] is not None:
                self.defaults[part["name"]] = part["default"]
            optional = bool(part["optional"] or part["star"] or part["default"] is not None)
            pattern += f"(?P<{part['name']}>{self._values(part)})"
        rest = segment[position:]
        if "{" in rest or "}" in rest:
            raise ValueError(f"route {self.text!r}: cannot read the segment {segment!r}")
        whole = ("" if first else "/") + pattern + re.escape(rest)
        return f"(?:{whole})?" if optional else whole

    def _values(self, part: re.Match[str]) -> str:
        values = ".*" if part["star"] else "[^/]+"
        for constraint in filter(None, part["constraints"].split(":")):
            if constraint not in CONSTRAINTS:
                raise ValueError(f"route {self.text!r}: unknown constraint {constraint!r}")
            values = CONSTRAINTS[constraint]
        return values

    def match(self, path: str) -> dict[str, str] | None:
        """The parameters' values if the path, still percent-encoded, is one of this route."""
        found = self._pattern.fullmatch(path.lstrip("/"))
        if found is None:
            return None
        given = {
            name: unquote(text) for name, text in found.groupdict().items() if text is not None
        }
        return self.defaults | given


@dataclass(frozen=True)
class Route:
    name: str
    template: Template
    methods: frozenset[str]  # none means every method
    function: Function = field(compare=False)

    def takes(self, method: str) -> bool:
        return not self.methods or method in self.methods

    def shares_a_method_with(self, other: "Route") -> bool:
        return not self.methods or not other.methods or bool(self.methods & other.methods)

    def swallows(self, other: "Route") -> bool:
        """Whether every path of the other, more literal route ends up here."""
        sample = PARAMETER.sub("0", other.template.text)
        return (
            self.shares_a_method_with(other)
            and self.template.shape.count("{}") > other.template.shape.count("{}")
            and self.template.match(sample) is not None
        )


class Router:
    def __init__(self, prefix: str = "api") -> None:
        self._prefix = prefix
        self._routes: list[Route] = []

    def add(self, function: Function, route: str, methods: Collection[str] = ()) -> None:
        template = Template(route, self._prefix)
        added = Route(
            name=function.name.casefold(),
            template=template,
            methods=frozenset(method.upper() for method in methods),
            function=function,
        )
        for other in self._routes:
            if other.template.shape == template.shape and other.shares_a_method_with(added):
                raise ValueError(
                    f"route {template.text!r} is already that of {other.function.name!r}"
                )
        self._routes.append(added)
        self._routes.sort(key=lambda each: each.name)

    def find(self, method: str, path: str) -> tuple[Function, dict[str, str]] | None:
        for route in self._routes:
            if route.takes(method) and (parameters := route.template.match(path)) is not None:
                return route.function, parameters
        return None

    def shadowed(self) -> list[tuple[Function, Function]]:
        """Pairs of which the first, being tried first, hides the second: so it is in Azure."""
        return [
            (early.function, late.function)
            for number, early in enumerate(self._routes)
            for late in self._routes[number + 1 :]
            if early.swallows(late)
        ]
