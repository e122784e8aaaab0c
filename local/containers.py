"""The blob containers of the product, which a deployment makes with Bicep."""

from shared.platform.blob import DERIVED, UPLOADS


def make(connection_string: str) -> None:
    from azure.core.exceptions import ResourceExistsError
    from azure.storage.blob import BlobServiceClient

    with BlobServiceClient.from_connection_string(connection_string) as service:
        for name in (UPLOADS, DERIVED):
            try:
                service.create_container(name)
            except ResourceExistsError:
                continue
