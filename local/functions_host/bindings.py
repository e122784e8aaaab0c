"""From what a trigger delivers to a handler's arguments, by Microsoft's own converters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import azure.functions as func
from azure.functions.meta import Datum

from local.functions_host.functions import Function, Parameter

NO_METADATA: Mapping[str, Datum] = {}


@dataclass(frozen=True)
class ModelBindingData:
    """A reference to a thing in a service, from which the extension makes its client."""

    source: str
    version: str
    content_type: str
    content: bytes


def text(value: str) -> Datum:
    return Datum(value, "string")


def as_json(value: Any) -> Datum:
    return Datum(json.dumps(value, default=str), "json")


def blob_reference(connection: str, container: str, blob: str) -> Datum:
    content = {"Connection": connection, "ContainerName": container, "BlobName": blob}
    data = ModelBindingData(
        source="AzureStorageBlobs",
        version="1.0",
        content_type="application/json",
        content=json.dumps(content).encode(),
    )
    return Datum(data, "model_binding_data")


def converter_of(binding: str) -> Any:
    """Microsoft's converter for the binding, None if it has no Python type of its own."""
    return func.get_binding_registry().get(binding)


def decode(parameter: Parameter, datum: Datum, metadata: Mapping[str, Datum]) -> Any:
    if parameter.is_sdk_type:
        from azurefunctions.extensions.base import get_binding_registry

        deferred: Any = get_binding_registry().get(parameter.binding)
        return deferred.decode(datum, trigger_metadata=metadata, pytype=parameter.annotation)
    converter = converter_of(parameter.binding)
    # An annotation of str or bytes asks the worker for the bare value.
    if converter is None or parameter.annotation in (str, bytes):
        return datum.value
    return converter.decode(datum, trigger_metadata=metadata)


def encode(function: Function, value: Any) -> Datum | None:
    """The handler's answer for the trigger; None from an HTTP function is an error, as in Azure."""
    if function.returns is None:
        if value is not None:
            raise TypeError(f"{function.name} has no $return binding but returned a value")
        return None
    return converter_of(function.returns).encode(value, expected_type=None)
