"""The blob containers of the product, which a deployment makes with Bicep."""

from shared.platform.blob import DERIVED, UPLOADS

A_DAY = 86_400


def make(connection_string: str) -> None:
    """Both containers, open to uploads from a browser page of any origin: they need a SAS."""
    from azure.core.exceptions import ResourceExistsError
    from azure.storage.blob import BlobServiceClient, CorsRule

    uploads = CorsRule(
        ["*"],
        ["PUT", "OPTIONS"],
        allowed_headers=["*"],
        exposed_headers=["etag", "x-ms-error-code"],
        max_age_in_seconds=A_DAY,
    )
    # Without retries: a stack that is told to stop while it starts must not wait for them.
    with BlobServiceClient.from_connection_string(connection_string, retry_total=0) as service:
        service.set_service_properties(cors=[uploads])
        for name in (UPLOADS, DERIVED):
            try:
                service.create_container(name)
            except ResourceExistsError:
                continue
