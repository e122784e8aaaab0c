"""One question to Form Recognizer: sent, waited for, and its failures told apart."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from shared.platform import azure_identity
from shared.vendors.reading import (
    CloudReaderRefusedFile,
    CloudReaderRejected,
    CloudReaderThrottled,
    CloudReaderTooSlow,
    CloudReaderUnavailable,
)

if TYPE_CHECKING:
    from azure.ai.formrecognizer import AnalyzeResult
    from azure.ai.formrecognizer.aio import DocumentAnalysisClient
    from azure.core.credentials import AzureKeyCredential
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.exceptions import AzureError, HttpResponseError

_CONNECT_SECONDS = 10
_READ_SECONDS = 60
_QUOTA = "Out of call volume quota"  # of the free tier, said with 403 as well as with 429

_OF_THE_FILE = frozenset(
    {
        "ContentSourceTimeout",
        "InvalidContent",
        "InvalidContentDimensions",
        "InvalidContentLength",
        "InvalidImage",
        "UnsupportedContent",
        "UnsupportedMediaType",
    }
)


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one answer may take, and how often the SDK asks again before we give up.

    A Retry-After is honoured up to ``longest_wait``: a document is better read here than later.
    """

    seconds: float = 300
    longest_wait: float = 60
    retries: int = 4
    backoff: float = 0.8
    poll_seconds: float = 1


@dataclass(frozen=True, slots=True)
class Service:
    """Where it is, and our key; without one we come as this app's identity."""

    endpoint: str
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    patience: Patience = Patience()


async def analyze(
    service: Service, model: str, content: bytes, pages: str | None = None
) -> AnalyzeResult:
    """What the model says about the file, or about those of its pages."""
    from azure.core.exceptions import AzureError

    chosen = {"pages": pages} if pages else {}
    try:
        with sensible():
            async with asyncio.timeout(service.patience.seconds), _client(service) as client:
                poller = await client.begin_analyze_document(model, content, **chosen)
                return await poller.result()
    except TimeoutError as error:
        raise CloudReaderTooSlow("The cloud reader has not finished in time") from error
    except AzureError as error:
        raise _told(error) from error


@contextmanager
def sensible() -> Generator[None]:
    """Whatever breaks on the way through its answer was no answer."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]  # its message may quote the document
        kind, place = type(error).__name__, f"{Path(last.filename).name}:{last.lineno}"
        log.warning("the cloud reader's answer ended in %s at %s", kind, place)
        raise CloudReaderUnavailable("The cloud reader's answer makes no sense") from error


def _client(service: Service) -> DocumentAnalysisClient:
    """A new one for each question: between two documents there is nothing to keep."""
    from azure.ai.formrecognizer.aio import DocumentAnalysisClient

    patience = service.patience

    def give_up_on_long_waits(response: Any) -> None:
        wait = response.http_response.headers.get("Retry-After", "")
        if wait.isdigit() and int(wait) > patience.longest_wait:
            raise CloudReaderThrottled("The cloud reader asks us to come back much later")

    return DocumentAnalysisClient(
        service.endpoint,
        _credential(service),
        retry_total=patience.retries,
        retry_backoff_factor=patience.backoff,
        polling_interval=patience.poll_seconds,
        connection_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        raw_response_hook=give_up_on_long_waits,
    )


def _credential(service: Service) -> AzureKeyCredential | AsyncTokenCredential:
    from azure.core.credentials import AzureKeyCredential

    key = service.key.get_secret_value()
    return AzureKeyCredential(key) if key else azure_identity.credential()


def _told(error: AzureError) -> CloudReaderUnavailable:
    """What a person can do something about; never what it says, which may quote the file."""
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

    if isinstance(error, ClientAuthenticationError):
        return CloudReaderRejected("The cloud reader does not accept our key or identity")
    if not isinstance(error, HttpResponseError):
        return CloudReaderUnavailable("The cloud reader cannot be reached")
    return _refused(error)


def _refused(error: HttpResponseError) -> CloudReaderUnavailable:
    status = error.status_code or 0
    if status == 429 or _QUOTA in error.message:  # noqa: PLR2004
        return CloudReaderThrottled("The cloud reader has had enough questions for now")
    if status in (413, 415) or _codes(error) & _OF_THE_FILE:
        return CloudReaderRefusedFile("The cloud reader does not take this file")
    if status < 400 or status == 408 or status >= 500:  # noqa: PLR2004
        return CloudReaderUnavailable("The cloud reader has failed")
    return CloudReaderRejected(f"The cloud reader is not set up for this: it said {status}")


def _codes(error: HttpResponseError) -> set[str]:
    """The error's own code, the one inside it, and those of its details."""
    said: Any = error.error
    if said is None:
        return set()
    inner = (said.innererror or {}).get("code")
    return {str(code) for code in (said.code, inner, *(each.code for each in said.details or ()))}
