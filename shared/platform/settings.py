"""Configuration, read once from the app settings; ``local.settings.sample.json`` lists it all."""

import os
from functools import cache

from pydantic import BaseModel, ConfigDict, SecretStr


class Settings(BaseModel):
    """Each field is the app setting of the same name in upper case.

    ``documents_storage`` is a connection string. ``master_key`` is 32 random bytes in base64; it
    wraps the data keys of every organization. ``reader`` is ``local`` or ``none``.
    ``sweep_schedule`` is NCRONTAB; the host reads it too, as ``%SWEEP_SCHEDULE%``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: SecretStr
    database_pool_size: int = 4
    documents_storage: SecretStr
    master_key: SecretStr
    token_issuer: str
    token_audience: str
    token_jwks_url: str
    reader: str = "local"
    sweep_schedule: str = "0 */5 * * * *"


@cache
def settings() -> Settings:
    return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})
