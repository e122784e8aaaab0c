"""The blob containers of the product, which a deployment makes with Bicep."""

from shared.platform.blob import CONTAINERS

A_DAY = 86_400


def make(connection_string: str) -> None:
    """All of them, open to pages of any origin: what they send or take away needs a SAS."""
    from azure.core.exceptions import ResourceExistsError
    from azure.storage.blob import BlobServiceClient, CorsRule

    pages = CorsRule(
        ["*"],
        ["GET", "PUT", "OPTIONS"],
        allowed_headers=["*"],
        exposed_headers=["etag", "x-ms-error-code"],
        max_age_in_seconds=A_DAY,
    )
    # Without retries: a stack that is told to stop while it starts must not wait for them.
    with BlobServiceClient.from_connection_string(connection_string, retry_total=0) as service:
        service.set_service_properties(cors=[pages])
        for name in CONTAINERS:
            try:
                service.create_container(name)
            except ResourceExistsError:
                continue
