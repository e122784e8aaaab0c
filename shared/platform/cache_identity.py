"""How this app signs in to Azure Managed Redis: its object id, and a token in place of a password.

The server hangs up when the token ends; the next connection brings a new one.
"""

import jwt
from redis.credentials import CredentialProvider

from shared.platform import azure_identity

SCOPE = "https://redis.azure.com/.default"


class Identity(CredentialProvider):
    def get_credentials(self) -> tuple[str, str]:
        raise NotImplementedError("connections are asynchronous")

    async def get_credentials_async(self) -> tuple[str, str]:
        token = (await azure_identity.credential().get_token(SCOPE)).token
        claims = jwt.decode(token, options={"verify_signature": False})  # ours, fresh from Entra
        return str(claims["oid"]), token
