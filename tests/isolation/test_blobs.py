"""Blobs: a name says whose it is, and a link that we give away opens that one thing alone."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from shared.documents import intake
from shared.documents.storage import upload_name
from shared.platform import blob, storage_account
from shared.platform.errors import AppError
from tests.isolation.links import links_in
from tests.isolation.routes import requests
from tests.isolation.rows import Rows
from tests.isolation.world import World, ask, caller_of, make_world
from tests.make import documents
from tests.make import identity as make
from tests.make.identity import Firm

LONGEST = timedelta(minutes=15)


async def every_blob() -> list[tuple[str, str]]:
    """Container and name, whatever containers there are."""
    service = storage_account.service()
    return [
        (str(container.name), name)
        async for container in service.list_containers()
        async for name in service.get_container_client(str(container.name)).list_blob_names()
    ]


@pytest.fixture
async def links(storage: None) -> list[str]:
    """All that the API gives to the owner of a firm with something of everything."""
    world = await make_world(await make.firm())
    found: list[str] = []
    async with caller_of(world.firm) as http:
        for route, body in requests():
            if route.method != "DELETE":
                found += links_in(await ask(http, route, body, world.ids, world.tag(route)))
    return found


async def test_every_name_begins_with_its_firm(world: World) -> None:
    ours = [
        (container, name)
        for container, name in await every_blob()
        if any(each in name for each in (*world.ids.values(), str(world.firm.organization_id)))
    ]

    assert {container for container, _ in ours} == {blob.UPLOADS, blob.DERIVED, blob.EXPORTS}
    assert {name.partition("/")[0] for _, name in ours} == {str(world.firm.organization_id)}


async def test_a_link_is_for_one_blob_one_thing_and_some_minutes(links: list[str]) -> None:
    assert len(links) >= 2  # one to upload, one to download
    for link in links:
        signed = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        ends_at = datetime.fromisoformat(signed["se"])
        assert signed["sr"] == "b", "not a container, not an account"
        assert signed["sp"] in ("c", "r"), "not two things at once, and never to list or delete"
        assert ends_at - datetime.now(UTC) <= LONGEST
        assert "ss" not in signed
        assert "srt" not in signed


async def test_a_link_opens_no_other_blob(links: list[str], world: World) -> None:
    """Another's name under the same signature, to read and to write."""
    theirs = upload_name(world.firm.organization_id, UUID(world.ids["document_id"]))
    async with httpx.AsyncClient() as http:
        for link in links:
            account, container = urlsplit(link).path.split("/")[1:3]
            other = urlsplit(link)._replace(path=f"/{account}/{container}/{theirs}").geturl()
            listing = urlsplit(link)._replace(path=f"/{account}/{container}").geturl()
            answers = [
                await http.get(other),
                await http.put(other, content=b"x", headers={"x-ms-blob-type": "BlockBlob"}),
                await http.delete(other),
                await http.delete(link),
                await http.get(f"{listing}&restype=container&comp=list"),
            ]
            assert {answer.status_code for answer in answers} == {403}


class TestABlobUnderANameThatLies:
    async def test_of_our_document_among_another_firms_is_nobodys(
        self, world: World, rows: Rows, other_firm: Firm
    ) -> None:
        document_id = UUID(world.ids["document_id"])
        await documents.put(other_firm, document_id, b"%PDF-1.7 not yours")
        before = rows.checksums(world.firm.organization_id)
        theirs = rows.checksums(other_firm.organization_id)

        assert await received(other_firm.organization_id, document_id) is None
        assert rows.checksums(world.firm.organization_id) == before
        assert rows.checksums(other_firm.organization_id) == theirs

    async def test_of_a_firm_that_is_not_there_is_nobodys(self, storage: None) -> None:
        assert await received(uuid4(), uuid4()) is None


async def received(organization_id: UUID, document_id: UUID) -> object:
    """The run that the blob has begun."""
    try:
        return await intake.receive_blob(organization_id, document_id)
    except AppError:
        return None
