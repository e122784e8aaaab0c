"""Everything that goes wrong at the vendor has one class each, and none says what the file says."""

import asyncio
from collections import deque
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.platform import azure_identity
from shared.vendors.form_recognizer import FormRecognizerReader, Patience, Service
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import (
    CloudReaderRefusedFile,
    CloudReaderRejected,
    CloudReaderThrottled,
    CloudReaderTooSlow,
    CloudReaderUnavailable,
)
from tests.shared.vendors.form_recognizer import answers
from tests.shared.vendors.form_recognizer.answers import INCHES
from tests.shared.vendors.form_recognizer.paper import Paper
from tests.shared.vendors.form_recognizer.server import (
    KEY,
    FormRecognizerServer,
    Trouble,
    error,
    refusal,
)

BUSY = refusal(429, "TooManyRequests", headers={"Retry-After": "0"})
AWAY = refusal(503, "ServiceUnavailable")
QUOTA = Trouble(403, '{"error": {"code": "403", "message": "Out of call volume quota for '
                     'FormRecognizer F0 pricing tier."}}')  # fmt: skip
DROPPED = Trouble()


@pytest.fixture
def willing(azure: FormRecognizerServer, w2: Paper) -> FormRecognizerServer:
    azure.answers["prebuilt-layout"] = [answers.layout(answers.of_page(w2.page, INCHES))]
    return azure


class TestWhatPasses:
    async def test_throttling_is_waited_out(
        self, cloud: FormRecognizerReader, willing: FormRecognizerServer, w2: Paper, images: Path
    ) -> None:
        willing.troubles = deque([BUSY, BUSY])
        willing.poll_troubles = deque([BUSY])

        await cloud.read(w2.scanned, images)

        assert willing.models == ["prebuilt-layout"]
        assert willing.requests == 5

    async def test_a_short_outage_is_too(
        self, cloud: FormRecognizerReader, willing: FormRecognizerServer, w2: Paper, images: Path
    ) -> None:
        willing.troubles, willing.poll_troubles = deque([AWAY]), deque([AWAY])

        await cloud.read(w2.scanned, images)

        assert willing.models == ["prebuilt-layout"]

    async def test_work_that_takes_a_while_is_asked_after_until_it_is_done(
        self, cloud: FormRecognizerReader, willing: FormRecognizerServer, w2: Paper, images: Path
    ) -> None:
        willing.running = 3

        await cloud.read(w2.scanned, images)

        assert (willing.running, willing.requests) == (0, 5)


class TestWhatDoesNotPass:
    @pytest.mark.parametrize(
        ("trouble", "times", "kind"),
        [
            (refusal(401, "401"), 1, CloudReaderRejected),
            (refusal(403, "Forbidden", "AuthorizationFailed"), 1, CloudReaderRejected),
            (refusal(404, "NotFound", "ModelNotFound"), 1, CloudReaderRejected),
            (refusal(400, "InvalidArgument", "InvalidParameter"), 1, CloudReaderRejected),
            (refusal(400, "InvalidRequest", "InvalidContentLength"), 1, CloudReaderRefusedFile),
            (refusal(400, "InvalidRequest", "InvalidContent"), 1, CloudReaderRefusedFile),
            (refusal(413, "RequestEntityTooLarge"), 1, CloudReaderRefusedFile),
            (refusal(415, "UnsupportedMediaType"), 1, CloudReaderRefusedFile),
            (BUSY, 4, CloudReaderThrottled),
            (refusal(429, "429", headers={"Retry-After": "3600"}), 1, CloudReaderThrottled),
            (QUOTA, 1, CloudReaderThrottled),
            (AWAY, 4, CloudReaderUnavailable),
            (DROPPED, 1, CloudReaderUnavailable),
        ],
        ids=[
            "wrong key",
            "forbidden",
            "no such model",
            "bad argument",
            "too large for the tier",
            "content it cannot read",
            "too large for the front door",
            "type it does not know",
            "throttled for good",
            "throttled for an hour",
            "out of quota",
            "outage",
            "connection lost",
        ],
    )
    async def test_has_a_class_of_its_own(
        self,
        *,
        cloud: FormRecognizerReader,
        willing: FormRecognizerServer,
        w2: Paper,
        images: Path,
        trouble: Trouble,
        times: int,
        kind: type[CloudReaderUnavailable],
    ) -> None:
        willing.troubles = deque([trouble] * 20)

        with pytest.raises(CloudReaderUnavailable) as raised:
            await cloud.read(w2.scanned, images)

        assert type(raised.value) is kind
        assert willing.requests == times
        assert "service's words" not in str(raised.value)

    async def test_a_region_that_is_down(
        self, drawing: LocalReader, w2: Paper, images: Path
    ) -> None:
        nowhere = Service("http://127.0.0.1:9", SecretStr(KEY), Patience(retries=1, backoff=0))

        with pytest.raises(CloudReaderUnavailable, match="cannot be reached"):
            await FormRecognizerReader(drawing, nowhere).read(w2.scanned, images)

    @pytest.mark.parametrize(
        ("code", "inner", "kind"),
        [
            ("InvalidRequest", "InvalidContentDimensions", CloudReaderRefusedFile),
            ("InternalServerError", None, CloudReaderUnavailable),
        ],
    )
    async def test_work_that_fails_after_it_was_taken_on(
        self,
        *,
        cloud: FormRecognizerReader,
        willing: FormRecognizerServer,
        w2: Paper,
        images: Path,
        code: str,
        inner: str | None,
        kind: type[CloudReaderUnavailable],
    ) -> None:
        willing.failed_with = error(code, inner)

        with pytest.raises(CloudReaderUnavailable) as raised:
            await cloud.read(w2.scanned, images)

        assert type(raised.value) is kind

    async def test_work_that_never_ends(
        self, willing: FormRecognizerServer, drawing: LocalReader, w2: Paper, images: Path
    ) -> None:
        willing.running = 1_000_000
        hurry = Service(willing.url, SecretStr(KEY), Patience(seconds=0.3, poll_seconds=0.01))

        with pytest.raises(CloudReaderTooSlow):
            await FormRecognizerReader(drawing, hurry).read(w2.scanned, images)

        asked = willing.requests
        await asyncio.sleep(0.05)
        assert willing.requests == asked

    @pytest.mark.parametrize(
        "body",
        [
            "<html>Bad gateway</html>",
            "{}",
            '{"status": "succeeded"}',
            '{"status": "succeeded", "analyzeResult": {"pages": [{"pageNumber": 1}]}}',
            '{"status": "succeeded", "analyzeResult": {"pages": "none"}}',
            '{"status": "succeeded", "analyzeResult": []}',
        ],
    )
    async def test_an_answer_without_sense(
        self,
        cloud: FormRecognizerReader,
        willing: FormRecognizerServer,
        w2: Paper,
        images: Path,
        body: str,
    ) -> None:
        willing.poll_troubles = deque([Trouble(200, body)])

        with pytest.raises(CloudReaderUnavailable) as raised:
            await cloud.read(w2.scanned, images)

        assert type(raised.value) is CloudReaderUnavailable


async def test_without_a_key_we_come_as_ourselves_and_never_unencrypted(
    willing: FormRecognizerServer, drawing: LocalReader, w2: Paper, images: Path
) -> None:
    with pytest.raises(CloudReaderUnavailable):
        await FormRecognizerReader(drawing, Service(willing.url)).read(w2.scanned, images)

    assert willing.requests == 0
    await azure_identity.close()
