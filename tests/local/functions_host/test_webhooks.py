"""/runtime/webhooks/blobs, as Azure's Event Grid calls it."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient

from tests.local.functions_host.conftest import Azurite
from tests.local.functions_host.hosting import Hosted, hosted, until

pytestmark = pytest.mark.xdist_group("functions_host_blobs")

WEBHOOK = "/runtime/webhooks/blobs"
CREATED = "Microsoft.Storage.BlobCreated"
HOOKED = "hooked"  # a container of these tests' own


@pytest.fixture
async def hook(azurite: Azurite, tmp_path: Path) -> AsyncGenerator[Hosted]:
    """An app whose container has a blob that the host has been told of."""
    settings = {
        "DOCUMENTS_STORAGE": azurite.connection,
        "UPLOADS": f"{HOOKED}/{{firm}}/{{document}}",
    }
    async with BlobServiceClient.from_connection_string(azurite.connection) as service:
        container = service.get_container_client(HOOKED)
        with contextlib.suppress(ResourceExistsError):
            await container.create_container()
        await container.upload_blob("firm/a", b"123", overwrite=True)
        async with hosted("documents", tmp_path, **settings) as host:
            await until(lambda: seen(host) and not host.host.memory.waiting_messages())
            yield host


def seen(host: Hosted) -> list[str]:
    return [each[2] for each in host.app.seen if each[0] == "client"]


def query(host: Hosted, **changed: str) -> dict[str, str]:
    name = "Host.Functions.on_client"
    return {"functionName": name, "code": host.host.keys.of_webhook("blobs"), **changed}


def event(name: str, kind: str = CREATED, container: str = HOOKED) -> dict[str, Any]:
    """As Event Grid's own schema has it."""
    return {
        "topic": "/subscriptions/x/providers/Microsoft.Storage/storageAccounts/docs",
        "subject": f"/blobServices/default/containers/{container}/blobs/{name}",
        "eventType": kind,
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "data": {"api": "PutBlob", "eTag": "0x1", "blobType": "BlockBlob"},
        "dataVersion": "",
        "metadataVersion": "1",
        "eventTime": "2026-01-02T03:04:05.678Z",
    }


def cloud_event(name: str) -> dict[str, Any]:
    plain = event(name)
    return {
        "specversion": "1.0",
        "type": CREATED,
        "source": plain["topic"],
        "subject": plain["subject"],
        "id": plain["id"],
        "data": plain["data"],
    }


async def notify(host: Hosted, body: Any, kind: str = "Notification", **changed: str) -> int:
    answer = await host.http.post(
        WEBHOOK, params=query(host, **changed), json=body, headers={"aeg-event-type": kind}
    )
    return answer.status_code


class TestHandshake:
    async def test_a_subscription_is_validated(self, hook: Hosted) -> None:
        validation = [{"eventType": "x", "data": {"validationCode": "512d38b6"}}]
        answer = await hook.http.post(
            WEBHOOK,
            params=query(hook),
            json=validation,
            headers={"aeg-event-type": "SubscriptionValidation"},
        )

        assert (answer.status_code, answer.json()) == (200, {"validationResponse": "512d38b6"})

    async def test_a_subscription_with_cloud_events_is_validated(self, hook: Hosted) -> None:
        answer = await hook.http.options(
            WEBHOOK, params=query(hook), headers={"webhook-request-origin": "eventgrid.azure.net"}
        )

        assert answer.status_code == 200
        assert answer.headers["webhook-allowed-origin"] == "eventgrid.azure.net"

    async def test_the_end_of_a_subscription_is_taken_note_of(self, hook: Hosted) -> None:
        assert await notify(hook, [], kind="Unsubscribe") == 202


class TestKey:
    async def test_without_the_system_key_it_is_closed(self, hook: Hosted) -> None:
        for wrong in ("", "guessed", hook.host.keys.host):
            assert await notify(hook, [event("firm/a")], code=wrong) == 401
            answer = await hook.http.options(WEBHOOK, params=query(hook, code=wrong))
            assert answer.status_code == 401

    async def test_the_master_key_opens_it(self, hook: Hosted) -> None:
        assert await notify(hook, [], code=hook.host.keys.master) == 202

    async def test_the_system_key_opens_nothing_else(self, hook: Hosted) -> None:
        key = {"x-functions-key": hook.host.keys.of_webhook("blobs")}

        assert (await hook.http.get("/admin/host/status", headers=key)).status_code == 401
        other = await hook.http.post("/runtime/webhooks/eventgrid", headers=key)
        assert other.status_code == 401

    async def test_an_extension_that_is_not_there_is_not_found(self, hook: Hosted) -> None:
        answer = await hook.http.post("/runtime/webhooks/eventgrid", headers=hook.as_master)

        assert answer.status_code == 404


class TestNotification:
    @pytest.mark.parametrize(
        "body",
        [
            [event("firm/a")],
            [event("firm/a"), event("firm/a")],
            [cloud_event("firm/a")],
            cloud_event("firm/a"),
        ],
        ids=["event", "batch", "cloud events", "cloud event"],
    )
    async def test_each_event_calls_the_function_even_if_it_is_a_repeated_one(
        self, hook: Hosted, body: Any
    ) -> None:
        before = len(seen(hook))

        assert await notify(hook, body) == 202

        added = len(body) if isinstance(body, list) else 1
        await until(lambda: len(seen(hook)) == before + added)
        assert set(seen(hook)) == {"firm/a"}

    @pytest.mark.parametrize(
        "unwanted",
        [
            event("firm/a", kind="Microsoft.Storage.BlobDeleted"),
            event("firm/a", container="derived"),
            event("flat"),
        ],
        ids=["deleted", "container", "path"],
    )
    async def test_an_event_the_subscription_should_have_filtered_is_dropped_with_a_warning(
        self, hook: Hosted, unwanted: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        assert await notify(hook, [unwanted]) == 202

        assert "the subscription should have filtered it" in caplog.text
        assert hook.host.memory.waiting_messages() == []

    async def test_an_event_of_a_blob_that_is_gone_does_nothing(self, hook: Hosted) -> None:
        before = seen(hook)

        assert await notify(hook, [event("firm/gone")]) == 202

        await until(lambda: not hook.host.memory.waiting_messages())
        assert seen(hook) == before

    @pytest.mark.parametrize("body", [[{}], "text", 7, [{"subject": 1}], [event("firm/a"), {}]])
    async def test_what_is_no_event_is_a_bad_request_and_none_of_it_is_taken(
        self, hook: Hosted, body: Any
    ) -> None:
        assert await notify(hook, body) == 400
        assert hook.host.memory.waiting_messages() == []

    async def test_a_request_that_says_nothing_known_is_a_bad_request(self, hook: Hosted) -> None:
        assert await notify(hook, [event("firm/a")], kind="Something") == 400

    async def test_a_function_that_is_not_there_is_not_found(self, hook: Hosted) -> None:
        assert await notify(hook, [event("firm/a")], functionName="Host.Functions.none") == 404


async def test_a_blob_that_fails_becomes_poison_and_its_event_is_not_delivered_again(
    azurite: Azurite, tmp_path: Path
) -> None:
    settings = {"DOCUMENTS_STORAGE": azurite.connection, "UPLOADS": "failing/{firm}/{document}"}
    async with BlobServiceClient.from_connection_string(azurite.connection) as service:
        container = await service.create_container("failing")
        await container.upload_blob("firm/bad", b"1")
        async with hosted("documents", tmp_path, **settings) as host:
            await until(host.host.memory.poisoned_blobs)
            page = "/admin/functions/on_client/status"
            status = await host.http.get(page, headers=host.as_master)

            assert seen(host) == ["firm/bad"] * 3  # host.json's poisonBlobThreshold
            assert status.json()["poisonedBlobs"] == [
                {"function": "on_client", "blob": "failing/firm/bad"}
            ]
        async with hosted("documents", tmp_path, **settings) as again:
            await container.upload_blob("firm/good", b"1")
            await until(lambda: seen(again))
            assert seen(again) == ["firm/good"]
