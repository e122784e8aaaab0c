"""Configuration, read once from the app settings; ``local.settings.sample.json`` lists it all."""

import os
from functools import cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Json, SecretStr, ValidationError, model_validator

from shared.platform import safety
from shared.platform.master_key import KeyFile, VaultKeyId


class UnsafeSettings(Exception):
    """The app does not start; the message names the settings and never says what they are."""


class TokenIssuer(BaseModel):
    """Whose tokens we take, for which audience, and where its public keys are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: safety.Address
    audience: safety.Audience
    jwks_url: safety.Address
    algorithms: tuple[Literal["RS256", "ES256"], ...] = Field(
        default=("RS256", "ES256"), min_length=1
    )


class Settings(BaseModel):
    """Each field is the app setting of the same name in upper case.

    ``documents_storage`` is a connection string; in Azure ``DOCUMENTS_STORAGE__blobServiceUri``
    stands in its place, as the host has it for identity-based connections, and a ``database_url``
    without a password means the same identity. The data keys of every organization are wrapped by
    ``key_vault_key_id``, one version of an RSA key in Azure Key Vault, or by ``master_key_file``, a
    file of mode 600 with 32 random bytes in base64 on each line: the first line wraps. ``reader``
    is ``local`` or ``none``; ``reader_page_seconds`` of processor time are what it may spend on a
    page without OCR. ``cursor_key`` is 32 random bytes in base64, too; a new one only ends the
    cursors given out.
    ``form_recognizer_endpoint`` is where the cloud reader is, for firms that allow it; without
    ``form_recognizer_key`` we go there as this app's identity.
    ``token_issuers`` is a JSON list of more issuers: ``[{"issuer", "audience", "jwks_url",
    "algorithms"}]``. ``mfa_acr_values``, with spaces between, are the classes (``acr``, ``acrs``,
    or a B2C policy) that an issuer gives a sign-in with a second factor, if it says no ``amr``.
    ``sign_in_authority`` is where pages find the issuer's discovery document when that is not
    ``token_issuer`` itself.
    ``redis_url`` is where processes share rate limits; without it each keeps its own, in memory,
    and a ``rediss://`` address without a password means this app's identity. ``rate_limit_``
    settings are such as ``600/minute``. ``trusted_proxy_hops`` counts the proxies of ours that a
    request comes through: the last so many entries of X-Forwarded-For are theirs.
    ``cors_origins`` lists, with commas, the origins whose pages may call us; ``body_limit`` is in
    bytes; ``outward_loopback`` lists peers on this machine that requests to users' addresses may
    reach.
    ``sweep_schedule`` is NCRONTAB; the host reads it too, as ``%SWEEP_SCHEDULE%``, and so are
    ``seals_schedule`` and ``partitions_schedule``, of the audit trail (and of sessions to be
    forgotten), and ``keys_schedule``. The other ``sweep_`` settings say, in seconds, after how long
    the sweep looks into something.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # it is the whole environment, secrets and all
    )

    database_url: safety.Database
    database_pool_size: int = 4
    documents_storage: safety.Storage = None
    documents_storage_uri: safety.MaybeAddress | None = Field(
        None, alias="documents_storage__blobserviceuri"
    )
    master_key_file: KeyFile = ""
    key_vault_key_id: VaultKeyId = ""
    cursor_key: safety.Key
    token_issuer: safety.Address
    token_audience: safety.Audience
    token_jwks_url: safety.Address
    token_issuers: Json[tuple[TokenIssuer, ...]] = ()
    mfa_acr_values: str = ""
    sign_in_authority: safety.MaybeAddress = ""
    sign_in_client_id: str = "advisoros"
    sign_in_scopes: str = "openid profile email access_as_user"
    reader: str = "local"
    reader_page_seconds: int = 20
    form_recognizer_endpoint: safety.MaybeAddress = ""
    form_recognizer_key: SecretStr = SecretStr("")
    redis_url: safety.Cache = SecretStr("")
    rate_limit_ip: safety.Limit = "1200/minute"
    rate_limit_user: safety.Limit = "600/minute"
    rate_limit_organization: safety.Limit = "6000/minute"
    rate_limit_api_key: safety.Limit = "600/minute"
    trusted_proxy_hops: int = Field(1, ge=1, le=5)
    cors_origins: safety.Origins = ""
    body_limit: int = Field(2**20, ge=2**10, le=2**26)
    outward_loopback: safety.LoopbackPeers = ""
    sweep_schedule: str = "0 */5 * * * *"
    sweep_unannounced_after: float = 30
    sweep_silent_after: float = 120
    sweep_recheck_after: float = 60
    seals_schedule: str = "30 */5 * * * *"
    partitions_schedule: str = "0 20 3 * * *"
    keys_schedule: str = "0 40 3 * * *"

    @model_validator(mode="after")
    def _has_storage(self) -> Self:
        if not self.documents_storage and not self.documents_storage_uri:
            raise ValueError("set DOCUMENTS_STORAGE or DOCUMENTS_STORAGE__blobServiceUri")
        return self

    @model_validator(mode="after")
    def _has_a_master_key(self) -> Self:
        if bool(self.master_key_file) == bool(self.key_vault_key_id):
            raise ValueError("set either MASTER_KEY_FILE or KEY_VAULT_KEY_ID")
        return self

    @model_validator(mode="after")
    def _has_a_cursor_key_of_its_own(self) -> Self:
        if safety.is_typed(self.cursor_key) and not safety.serves_this_machine(self.database_url):
            raise ValueError("set a CURSOR_KEY of your own: the sample's is everybody's")
        return self

    @property
    def issuers(self) -> tuple[TokenIssuer, ...]:
        first = TokenIssuer(
            issuer=self.token_issuer, audience=self.token_audience, jwks_url=self.token_jwks_url
        )
        return (first, *self.token_issuers)


@cache
def settings() -> Settings:
    try:
        return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})
    except ValidationError as error:
        raise UnsafeSettings(_told(error)) from None  # the cause would print the environment


def _told(error: ValidationError) -> str:
    found = [
        " ".join((*(str(part).upper() for part in each["loc"]), _reason(each["msg"])))
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return f"The app does not start: {'; '.join(found)}."


def _reason(message: str) -> str:
    return {"Field required": "is missing"}.get(message, message.removeprefix("Value error, "))
