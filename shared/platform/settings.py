"""Configuration, read once from the app settings; ``local.settings.sample.json`` lists it all."""

import os
from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class Settings(BaseModel):
    """Each field is the app setting of the same name in upper case.

    ``documents_storage`` is a connection string; in Azure ``DOCUMENTS_STORAGE__blobServiceUri``
    stands in its place, as the host has it for identity-based connections, and a ``database_url``
    without a password means the same identity. ``master_key`` is 32 random bytes in base64; it
    wraps the data keys of every organization. ``reader`` is ``local`` or ``none``;
    ``reader_page_seconds`` of processor time are what it may spend on a page without OCR.
    ``form_recognizer_endpoint`` is where the cloud reader is, for firms that allow it; without
    ``form_recognizer_key`` we go there as this app's identity.
    ``sign_in_authority`` is where pages find the issuer's discovery document when that is not
    ``token_issuer`` itself.
    ``sweep_schedule`` is NCRONTAB; the host reads it too, as ``%SWEEP_SCHEDULE%``. The other
    ``sweep_`` settings say, in seconds, after how long the sweep looks into something.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # it is the whole environment, secrets and all
    )

    database_url: SecretStr
    database_pool_size: int = 4
    documents_storage: SecretStr | None = None
    documents_storage_uri: str | None = Field(None, alias="documents_storage__blobserviceuri")
    master_key: SecretStr
    token_issuer: str
    token_audience: str
    token_jwks_url: str
    sign_in_authority: str = ""
    sign_in_client_id: str = "advisoros"
    sign_in_scopes: str = "openid profile email access_as_user"
    reader: str = "local"
    reader_page_seconds: int = 20
    form_recognizer_endpoint: str = ""
    form_recognizer_key: SecretStr = SecretStr("")
    sweep_schedule: str = "0 */5 * * * *"
    sweep_unannounced_after: float = 30
    sweep_silent_after: float = 120
    sweep_recheck_after: float = 60

    @model_validator(mode="after")
    def _has_storage(self) -> Self:
        if not self.documents_storage and not self.documents_storage_uri:
            raise ValueError("set DOCUMENTS_STORAGE or DOCUMENTS_STORAGE__blobServiceUri")
        return self


@cache
def settings() -> Settings:
    return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})
