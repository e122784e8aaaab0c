from hashlib import sha256

import httpx
from httpx import AsyncClient

from tests.make.identity import Firm

CONTENT = b"%PDF-1.7 a W-2"


def announcement(firm: Firm, content: bytes = CONTENT) -> dict[str, object]:
    return {
        "client_id": str(firm.client_id),
        "name": "w2.pdf",
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
    }


async def test_an_upload_is_announced_and_put(http: AsyncClient, firm: Firm, storage: None) -> None:
    answer = await http.post("/documents/uploads", json=announcement(firm))

    assert answer.status_code == 201, answer.text
    upload = answer.json()
    async with httpx.AsyncClient() as browser:
        put = await browser.put(
            upload["upload_url"], content=CONTENT, headers=upload["upload_headers"]
        )
        again = await browser.put(
            upload["upload_url"], content=b"other", headers=upload["upload_headers"]
        )
        read = await browser.get(upload["upload_url"])
    assert put.status_code == 201
    assert again.status_code in (403, 409)
    assert read.status_code == 403
    document = (await http.get(f"/documents/{upload['document_id']}")).json()
    assert document["state"] == "expected"
