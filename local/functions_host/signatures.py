"""What a handler's parameters must be: exactly its bindings, and perhaps ``context``.

The worker in Azure refuses the same things when it indexes the app.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import GenericAlias, UnionType
from typing import Any, Union, get_origin, get_type_hints

from local.functions_host.bindings import converter_of
from local.functions_host.functions import Parameter

IN = 0


def wants_context(handler: Callable[..., Any], bindings: Sequence[Mapping[str, Any]]) -> bool:
    bound = any(binding["name"] == "context" for binding in bindings)
    return not bound and "context" in inspect.signature(handler).parameters


def read_parameters(
    handler: Callable[..., Any], bindings: Sequence[Mapping[str, Any]]
) -> dict[str, Parameter]:
    """The handler's inputs; raises ValueError where it and its bindings do not fit."""
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise ValueError("is a generator: nothing would run it to its end")
    bound = {b["name"]: b for b in bindings if b["name"] != "$return"}
    _require_same_names(handler, bound)
    hints = get_type_hints(handler)
    parameters = {
        name: _parameter(name, str(binding["type"]), hints.get(name))
        for name, binding in bound.items()
        if binding["direction"] == IN
    }
    if "return" in hints:
        _check_answer(hints["return"], bindings)
    return parameters


def _check_answer(annotation: Any, bindings: Sequence[Mapping[str, Any]]) -> None:
    for binding in bindings:
        if binding["name"] == "$return":
            converter = converter_of(binding["type"])
            fits = converter.check_output_type_annotation
            if not (isinstance(annotation, type) and fits(annotation)):
                raise ValueError(f"its answer, for {binding['type']}, cannot be a {annotation}")


def _require_same_names(handler: Callable[..., Any], bound: Mapping[str, Any]) -> None:
    named = set(inspect.signature(handler).parameters)
    if "context" not in bound:
        named.discard("context")
    if unbound := named - set(bound):
        raise ValueError(f"has parameters without a binding: {', '.join(sorted(unbound))}")
    if unnamed := set(bound) - named:
        raise ValueError(f"has bindings without a parameter: {', '.join(sorted(unnamed))}")


def _parameter(name: str, binding: str, annotation: Any) -> Parameter:
    if get_origin(annotation) in (Union, UnionType) or isinstance(annotation, GenericAlias):
        raise ValueError(f"parameter {name!r}: {annotation} is not a class, as a binding's must be")
    converter = converter_of(binding)
    if _is_sdk_type(annotation):
        return Parameter(name, binding, annotation, is_sdk_type=True)
    is_checkable = isinstance(annotation, type) and annotation not in (str, bytes)
    if converter and is_checkable and not converter.check_input_type_annotation(annotation):
        raise ValueError(f"parameter {name!r}: a {binding} cannot be a {annotation.__name__}")
    return Parameter(name, binding, annotation)


def _is_sdk_type(annotation: Any) -> bool:
    """Whether the worker hands over a client of the service instead of the data."""
    from azurefunctions.extensions.base import SdkType

    return isinstance(annotation, type) and issubclass(annotation, SdkType)
