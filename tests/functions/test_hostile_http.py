"""Hostile and odd requests; none may end in a bare 500 or lie about what happened."""

import base64
import json
from hashlib import sha256
from typing import Any
from uuid import uuid4

import azure.functions as func
import pytest
from httpx import AsyncClient, Response

from functions.http.api import create_area
from functions.http.bridge import answer as run
from shared.clients import clients
from shared.clients.models import NewClient
from shared.platform.db import transaction
from shared.vendors.fakes import FakeReader
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm

CONTENT = b"%PDF-1.7 a W-2"


def announcement(firm: Firm, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "client_id": str(firm.client_id),
        "name": "w2.pdf",
        "size": len(CONTENT),
        "sha256": sha256(CONTENT).hexdigest(),
    }
    return usual | changes


async def wrong_w2(firm: Firm, reader: FakeReader) -> tuple[str, str]:
    reader.reading = readings.reading(readings.w2(box_4="2000.00"))
    document = await make.processed(firm)
    return f"/documents/{document.id}", f'"{document.version}"'


async def raw_post(http: AsyncClient, url: str, body: bytes, **headers: str) -> Response:
    return await http.post(
        url, content=body, headers={"content-type": "application/json"} | headers
    )


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class TestANulByte:
    async def test_in_a_file_name_is_the_callers_mistake(
        self, http: AsyncClient, firm: Firm, storage: None
    ) -> None:
        answer = await http.post("/documents/uploads", json=announcement(firm, name="w2\0.pdf"))
        assert answer.status_code == 422

    async def test_in_a_correction_is_the_callers_mistake(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url, etag = await wrong_w2(firm, reader)
        answer = await http.patch(
            f"{url}/fields/employee_name", json={"value": "Ada\0"}, headers={"if-match": etag}
        )
        assert answer.status_code == 422

    async def test_in_a_cursor_is_a_bad_cursor(self, http: AsyncClient, firm: Firm) -> None:
        made = cursor_of(json.dumps({"name": "\0", "id": str(uuid4())}))
        answer = await http.get("/clients", params={"cursor": made})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")

    async def test_on_a_page_does_not_fail_the_document(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        page = readings.w2()
        words = tuple(
            word.model_copy(update={"text": "Love\0lace"}) if word.text == "Lovelace" else word
            for word in page.words
        )
        reader.reading = readings.reading(page.model_copy(update={"words": words}))
        document = await make.processed(firm)
        assert document.state in ("accepted", "needs_review")


class TestALoneSurrogate:
    async def test_in_a_file_name(self, http: AsyncClient, firm: Firm, storage: None) -> None:
        body = json.dumps(announcement(firm, name="\ud800.pdf")).encode()
        assert (await raw_post(http, "/documents/uploads", body)).status_code == 422

    async def test_in_a_key_nobody_knows(self, http: AsyncClient, firm: Firm) -> None:
        body = json.dumps(announcement(firm) | {"\ud800": 1}).encode()
        assert (await raw_post(http, "/documents/uploads", body)).status_code == 422

    async def test_in_a_correction(self, http: AsyncClient, firm: Firm, reader: FakeReader) -> None:
        url, etag = await wrong_w2(firm, reader)
        answer = await http.patch(
            f"{url}/fields/employee_name",
            content=b'{"value": "Ada \\ud800"}',
            headers={"if-match": etag, "content-type": "application/json"},
        )
        assert answer.status_code == 422


class TestCursors:
    @pytest.mark.parametrize(
        "at",
        [
            "0001-01-01T00:00:00+23:59",
            "2025-01-01T00:00:00-23:59",
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:59-15:59",
            "0001-01-01T00:00:00+15:59",
        ],
    )
    async def test_made_up_times_are_bad_cursors_or_harmless(
        self, http: AsyncClient, firm: Firm, at: str
    ) -> None:
        made = cursor_of(json.dumps({"at": at, "id": str(uuid4())}))
        answer = await http.get("/documents", params={"cursor": made})
        assert answer.status_code in (200, 422)

    async def test_of_a_long_name_is_taken_back(self, http: AsyncClient, firm: Firm) -> None:
        for _ in range(3):
            await clients.add_client(firm.actor, uuid4(), NewClient(name="ü" * 200))
        await clients.add_client(firm.actor, uuid4(), NewClient(name="ü" * 200))
        first = (await http.get("/clients", params={"limit": 2})).json()
        second = await http.get("/clients", params={"limit": 2, "cursor": first["next"]})
        assert second.status_code == 200, second.json()


class TestIfMatch:
    @pytest.mark.parametrize("tag", ["9" * 5000, "*", '"1", "2"', 'W/"1"', "abc", "-1"])
    async def test_is_never_a_bug_of_ours(
        self, http: AsyncClient, firm: Firm, reader: FakeReader, tag: str
    ) -> None:
        url, _ = await wrong_w2(firm, reader)
        answer = await http.post(
            f"{url}/review", json={"verdict": "accepted"}, headers={"if-match": tag}
        )
        assert answer.status_code in (200, 400, 412, 422, 428)


class TestOddRequests:
    async def test_a_page_number_of_any_length(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url, _ = await wrong_w2(firm, reader)
        for page in ("99999999999", "9" * 400, "9" * 1500):
            answer = await http.get(f"{url}/pages/{page}.png")
            assert answer.status_code in (404, 422), (len(page), answer.json())

    async def test_a_page_that_is_not_there_was_not_seen(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url, _ = await wrong_w2(firm, reader)
        answer = await http.post(
            f"{url}/pages/77/reveal", json={"reason": "To compare it with the form"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "page_not_found")
        async with transaction(firm.actor) as tx:
            seen = await tx.value(
                int, "SELECT count(*) FROM audit_entries WHERE action = 'document.page_revealed'"
            )
        assert seen == 0

    async def test_a_deep_token_is_a_bad_token(self, http: AsyncClient, firm: Firm) -> None:
        deep = base64.urlsafe_b64encode(b'{"a":' * 3000).decode().rstrip("=")
        answer = await http.get("/clients", headers={"authorization": f"Bearer {deep}.e30.x"})
        assert answer.status_code == 401

    async def test_a_header_beyond_latin_1(self, firm: Firm) -> None:
        asked = func.HttpRequest(
            "GET", "http://test/api/v1/clients", headers={"x-organization": "Ż"}, body=b""
        )
        made = await run(create_area("clients"), asked, {"request_id": "r", "durable": Durable()})
        assert made.status_code < 500

    async def test_bodies_that_are_not_json(self, http: AsyncClient, firm: Firm) -> None:
        for body in (b"", b"\xff\xfe", b"[" * 50_000, b'{"size": 1e400}', b"9" * 6000, b"null"):
            answer = await raw_post(http, "/documents/uploads", body)
            assert answer.status_code in (400, 422), (body[:10], answer.status_code)
            assert answer.headers["content-type"] == "application/problem+json"

    async def test_an_unknown_method_or_path(self, http: AsyncClient) -> None:
        for method, url in (
            ("PUT", "/documents"),
            ("GET", "/documents/x/y/z"),
            ("GET", "/documents/%00"),
        ):
            answer = await http.request(method, url)
            assert answer.status_code in (401, 404, 405, 422), (url, answer.status_code)


class TestCorrections:
    @pytest.mark.parametrize("value", ["abc", "1,234.56", "$50,000.00", "1e5", "12.345", "-"])
    async def test_of_an_amount_is_an_amount_or_refused(
        self, http: AsyncClient, firm: Firm, reader: FakeReader, value: str
    ) -> None:
        url, etag = await wrong_w2(firm, reader)
        answer = await http.patch(
            f"{url}/fields/box_1", json={"value": value}, headers={"if-match": etag}
        )
        assert answer.status_code in (200, 422), answer.json()
        if answer.status_code == 200:
            kept = answer.json()["fields"]["box_1"]["value"]
            assert kept.replace(".", "", 1).lstrip("-").isdigit(), kept

    async def test_a_box_the_reader_missed_can_be_filled_in(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url, etag = await wrong_w2(firm, reader)
        answer = await http.patch(
            f"{url}/fields/box_7", json={"value": "10.00"}, headers={"if-match": etag}
        )
        assert answer.status_code == 200, answer.json()

    async def test_a_tin_typed_as_nine_digits_keeps_the_rules(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url, etag = await wrong_w2(firm, reader)
        before = (await http.get(url)).json()["findings"]
        answer = await http.patch(
            f"{url}/fields/employee_ssn", json={"value": "412557834"}, headers={"if-match": etag}
        )
        assert answer.json()["findings"] == before

    async def test_a_tin_is_ascii_digits(
        self, http: AsyncClient, firm: Firm, reader: FakeReader
    ) -> None:
        url, etag = await wrong_w2(firm, reader)
        answer = await http.patch(
            f"{url}/fields/employee_ssn", json={"value": "٤١٢٥٥٧٨٣٤"}, headers={"if-match": etag}
        )
        assert answer.status_code == 422


class TestTheStoryCannotBeReached:
    class Away(Durable):
        async def raise_event(self, instance_id: str, event: str) -> None:
            raise RuntimeError("The operation failed with an unexpected status code: 503")

        async def get_status(self, instance_id: str) -> Any:
            raise RuntimeError("The operation failed with an unexpected status code: 503")

    async def test_a_decision_that_stands_is_not_an_error(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        url, etag = await wrong_w2(firm, reader)
        async with client_of(firm, self.Away()) as http:
            answer = await http.post(
                f"{url}/review", json={"verdict": "accepted"}, headers={"if-match": etag}
            )
            assert (await http.get(url)).json()["state"] == "accepted"
        assert answer.status_code == 200

    async def test_a_reread_that_is_open_is_not_an_error(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        url, _ = await wrong_w2(firm, reader)
        async with client_of(firm, self.Away()) as http:
            answer = await http.post(f"{url}/reread")
            assert (await http.get(url)).json()["state"] == "received"
        assert answer.status_code == 202
