"""/runtime/webhooks/{extension}: where Azure's services call the host's extensions.

A webhook is opened by the extension's own system key, or by the master key.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from local.functions_host.asgi import Reply
from local.functions_host.http_trigger import NOT_FOUND, UNAUTHORIZED, Request
from local.functions_host.keys import Keys

RUNTIME = "/runtime/webhooks/"


class Webhooks:
    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._answers: dict[str, Callable[[Request], Reply]] = {}

    def add(self, extension: str, answer: Callable[[Request], Reply]) -> None:
        self._answers[extension] = answer

    def answer(self, request: Request) -> Reply:
        extension = request.raw_path.removeprefix(RUNTIME).partition("/")[0].casefold()
        if not self._keys.opens_webhook(request.key, extension):
            return UNAUTHORIZED
        answer = self._answers.get(extension)
        return answer(request) if answer else NOT_FOUND

    def deliver(
        self,
        extension: str,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> int:
        """Call a webhook from within, as a service of Azure calls it; the answer's status."""
        request = Request(
            method="POST",
            scheme="http",
            raw_path=f"{RUNTIME}{extension}",
            query=urlencode({**parameters, "code": self._keys.of_webhook(extension)}),
            headers=headers,
            body=body,
        )
        return self.answer(request).status
