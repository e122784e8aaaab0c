"""What lies in Blob Storage: nothing without a document, nothing missing of one."""

from collections.abc import Iterator, Mapping

from azure.storage.blob import BlobServiceClient

from local.parts.azurite import connection_string
from local.ports import Ports
from tests.journeys.stack import Stack

ENDINGS = ("png", "masked.png")


def stored(stack: Stack, container: str) -> dict[str, str]:
    """The ETag of each blob."""
    key = (stack.state / "secrets/storage-key").read_text()
    url = connection_string(Ports(stack.port).blob, key)
    with BlobServiceClient.from_connection_string(url) as service:
        found = service.get_container_client(container).list_blobs()
        return {str(blob.name): str(blob.etag).strip('"') for blob in found}


def orphans(stack: Stack, uploads: Mapping[str, str], derived: Mapping[str, str]) -> Iterator[str]:
    rows = stack.rows("SELECT organization_id, document_id, number FROM document_processing")
    runs = {f"{firm}/{document_id}/{number}" for firm, document_id, number in rows}
    documents = {run.rpartition("/")[0] for run in runs}
    yield from (f"the upload {name} belongs to nothing" for name in uploads.keys() - documents)
    for name in derived:
        if name.rpartition("/")[0] not in runs:
            yield f"the blob {name} belongs to no run"


def missing(stack: Stack, uploads: Mapping[str, str], derived: Mapping[str, str]) -> Iterator[str]:
    """What is expected or rejected stands on nothing, a duplicate on its original's bytes."""
    accepted = "SELECT organization_id, id, run, pages FROM documents WHERE state = 'accepted'"
    for firm, document_id, run, pages in stack.rows(accepted):
        name = f"{firm}/{document_id}"
        if name not in uploads:
            yield f"{document_id} is accepted and its upload is gone"
        made = {f"{name}/{run}/reading"}
        made |= {f"{name}/{run}/{page}.{ending}" for page in pages for ending in ENDINGS}
        yield from (f"{each} is missing" for each in sorted(made - derived.keys()))
