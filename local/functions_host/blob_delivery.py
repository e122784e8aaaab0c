"""One delivery of a blob to its function."""

from azure.functions.meta import Datum

from local.functions_host import bindings
from local.functions_host.blob_paths import parse_blob_path
from local.functions_host.blob_storage import BlobStorage, FetchedBlob
from local.functions_host.configuration import connection_string
from local.functions_host.functions import Function
from local.functions_host.invocation import Invoker


class BlobFunction:
    """A function with a blob trigger, and the container it is about."""

    def __init__(self, function: Function, invoker: Invoker) -> None:
        self.name = function.name
        self.path = parse_blob_path(function.trigger["path"])
        self.comes_by_event = function.trigger.get("source") == "EventGrid"
        self._function = function
        self._invoker = invoker
        self._connection = str(function.trigger.get("connection") or "AzureWebJobsStorage")
        self.storage = BlobStorage(connection_string(self._connection), self.path.container)
        self._wants_content = not function.parameters[function.trigger_name].is_sdk_type

    def whole_name(self, name: str) -> str:
        return f"{self.path.container}/{name}"

    def takes(self, container: str, name: str) -> bool:
        return container == self.path.container and self.path.match(name) is not None

    async def fetch(self, blob: str) -> FetchedBlob | None:
        """The blob "container/name" as it is now, None when it is gone."""
        name = blob.partition("/")[2]
        return await self.storage.fetch(name, with_content=self._wants_content)

    async def invoke(self, blob: FetchedBlob) -> bool:
        """Whether the function succeeded."""
        if self._wants_content:
            value = Datum(blob.content, "bytes")
        else:
            value = bindings.blob_reference(self._connection, self.path.container, blob.name)
        named = self.path.match(blob.name) or {}
        metadata = {
            "BlobTrigger": bindings.text(self.whole_name(blob.name)),
            "Uri": bindings.as_json(blob.uri),
            "Properties": bindings.as_json(blob.properties),
            "Metadata": bindings.as_json(blob.metadata),
            **{name: bindings.text(part) for name, part in named.items()},
        }
        inputs = {self._function.trigger_name: value}
        try:
            await self._invoker.invoke(self._function, inputs, metadata)
        except Exception:  # noqa: BLE001 - the invoker has logged it
            return False
        return True
