"""A blob trigger's argument that carries the blob's name and nothing else.

Bound as bytes the whole file would travel into the worker before any check. Microsoft's own
``BlobClient`` binding avoids that too, but imports the Storage SDK when the host indexes us, and
its client blocks the event loop. This one speaks the same protocol (``model_binding_data``).
"""

import json
from dataclasses import dataclass
from typing import Any

from azurefunctions.extensions.base import Datum, InConverter, SdkType


@dataclass(frozen=True, slots=True)
class Arrived:
    """``name`` is the blob's path inside ``container``."""

    container: str
    name: str


class BlobArrival(SdkType):
    """What the function declares; it is handed an ``Arrived``."""

    def get_sdk_type(self) -> Arrived:  # pyright: ignore[reportIncompatibleMethodOverride]
        content = json.loads(self._data["content"])
        return Arrived(container=content["ContainerName"], name=content["BlobName"])


class BlobArrivalConverter(InConverter, binding="blob", trigger="blobTrigger"):
    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        return issubclass(pytype, BlobArrival)

    @classmethod
    def decode(  # pyright: ignore[reportIncompatibleMethodOverride] - the base names no pytype
        cls, data: Datum, *, trigger_metadata: Any, pytype: type
    ) -> Arrived:
        del trigger_metadata
        assert issubclass(pytype, BlobArrival)
        return pytype(data={"content": data.value.content}).get_sdk_type()

    @classmethod
    def has_implicit_output(cls) -> bool:
        return False
