"""What a client calls its file: shown safely or refused, never part of a path or a header."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient

from shared.documents import intake, views
from shared.documents.names import clean_name
from shared.documents.storage import upload_name
from shared.platform.db import transaction
from tests.make import documents as make
from tests.make.identity import Firm

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

KEPT = [
    "w2.pdf",
    "\u05d3\u05d5\u05d7 2024.pdf",
    "\u0625\u0642\u0631\u0627\u0631.pdf",
    f"{FAMILY} taxes \U0001f4b8.pdf",
    "W-2 (1) [copy] {2024} 100%.pdf",
    "<img src=x onerror=alert(1)>.pdf",
    "'; DROP TABLE documents; --.pdf",
    "%2e%2e%2fetc%2fpasswd",
    "CON",
    "a..pdf",
]

CLEANED = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\win.ini": "win.ini",
    "C:\\fakepath\\w2.pdf": "w2.pdf",
    "/absolute/w2.pdf": "w2.pdf",
    "  w2.pdf  ": "w2.pdf",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "\u2066w2\u2069.pdf": "w2.pdf",
    "w2\u200b.pdf": "w2.pdf",
    "\ufeffw2.pdf": "w2.pdf",
    "re\u0301sume\u0301.pdf": "r\u00e9sum\u00e9.pdf",
    "41\u200b2-55\u200b-7834.pdf": "***-**-7834.pdf",
    "412\u200c-55-7834.pdf": "***-**-7834.pdf",
    "w2_412_55_7834.pdf": "w2_***-**-7834.pdf",
    "412.55.7834.pdf": "***-**-7834.pdf",
}

REFUSED = [
    "",
    " ",
    "\u3000",
    ".",
    "..",
    ". .",
    "/",
    "w2/",
    "a/..",
    "\u202e",
    "\u200d",
    "w2\0.pdf",
    "w2\n.pdf",
    "w2\r\nx-injected: yes",
    "w2\x1b[31m.pdf",
    "w2\x7f.pdf",
    "w2\x85.pdf",
    "w2\u2028.pdf",
    "x" * 300,
    "\U0001f4b8" * 256,
]


def announcement(firm: Firm, name: str) -> dict[str, Any]:
    return make.new_upload(firm, b"w2").model_dump(mode="json") | {"name": name}


class TestAName:
    @pytest.mark.parametrize("name", KEPT)
    async def test_is_kept_as_it_is(
        self, firm: Firm, http: AsyncClient, storage: None, name: str
    ) -> None:
        answer = await http.post("/documents/uploads", json=announcement(firm, name))

        shown = await http.get(f"/documents/{answer.json()['document_id']}")
        assert (answer.status_code, shown.json()["name"]) == (201, name)

    @pytest.mark.parametrize("name", CLEANED)
    async def test_is_cleaned_of_what_misleads(
        self, firm: Firm, http: AsyncClient, storage: None, name: str
    ) -> None:
        answer = await http.post("/documents/uploads", json=announcement(firm, name))

        shown = await http.get(f"/documents/{answer.json()['document_id']}")
        assert shown.json()["name"] == CLEANED[name]

    @pytest.mark.parametrize("name", REFUSED)
    async def test_that_cannot_be_shown_is_refused(
        self, firm: Firm, http: AsyncClient, name: str
    ) -> None:
        answer = await http.post("/documents/uploads", json=announcement(firm, name))

        assert answer.status_code == 422
        assert answer.json()["code"] == "invalid_request"
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/name"]
        async with transaction(firm.actor) as tx:
            assert await tx.value(int, "SELECT count(*) FROM documents") == 0

    @pytest.mark.parametrize("name", [*KEPT, *CLEANED.values()])
    def test_once_cleaned_is_clean(self, name: str) -> None:
        assert clean_name(name) == name

    @pytest.mark.parametrize("name", [*KEPT, *CLEANED])
    async def test_is_no_part_of_an_address_or_a_header(
        self, firm: Firm, storage: None, name: str
    ) -> None:
        new = make.new_upload(firm, b"w2", name)

        upload = await intake.reserve_upload(firm.actor, new)

        assert upload.upload_url
        path = urlsplit(upload.upload_url).path
        assert path.endswith(f"/uploads/{upload_name(firm.organization_id, upload.document_id)}")
        assert upload.upload_headers == intake.UPLOAD_HEADERS

    async def test_may_be_another_clients_too(
        self, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        for each in (firm, other_firm):
            new = make.new_upload(each, b"w2", "w2.pdf")
            upload = await intake.reserve_upload(each.actor, new)
            assert (await views.get_document(each.actor, upload.document_id)).name == "w2.pdf"
