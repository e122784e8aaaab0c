from azure.durable_functions import Blueprint, DurableOrchestrationClient
from azure.functions import BlobSource

from functions.blobs.arrival import Arrived, BlobArrival

bp = Blueprint()


@bp.blob_trigger(
    arg_name="arrival",
    path="uploads/{organization_id}/{document_id}",
    connection="DOCUMENTS_STORAGE",
    source=BlobSource.EVENT_GRID,  # a Flex Consumption plan offers no other
)
@bp.durable_client_input(client_name="client")
async def on_document_uploaded(arrival: BlobArrival, client: DurableOrchestrationClient) -> None:
    """Start processing; run and instance are named so that a repeated event is harmless."""
    from orchestrations.document_processing import starting

    assert isinstance(arrival, Arrived)
    await starting.begin_upload(client, arrival.name)
