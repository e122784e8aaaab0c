"""The addresses a durable client is bound to. Each carries the key of this start of the engine."""

import json
from dataclasses import dataclass

RPC_ROOT = "/durabletask"
WEBHOOK_ROOT = "/runtime/webhooks/durabletask"
_PLACEHOLDER = "INSTANCEID"
_WITH_REASON = ("terminate", "rewind", "suspend", "resume")


@dataclass(frozen=True, slots=True)
class Links:
    """`origin` as in http://127.0.0.1:18100."""

    origin: str
    key: str

    def of_instance(self, instance_id: str) -> dict[str, str]:
        query = f"taskHub=local&connection=Storage&code={self.key}"
        instance = f"{self.origin}{WEBHOOK_ROOT}/instances/{instance_id}"
        links = {
            "id": instance_id,
            "statusQueryGetUri": f"{instance}?{query}",
            "sendEventPostUri": f"{instance}/raiseEvent/{{eventName}}?{query}",
            "purgeHistoryDeleteUri": f"{instance}?{query}",
            "restartPostUri": f"{instance}/restart?{query}",
        }
        for operation in _WITH_REASON:
            links[f"{operation}PostUri"] = f"{instance}/{operation}?reason={{text}}&{query}"
        return links

    def client_payload(self) -> str:
        """Build what the host passes for a parameter bound by durable_client_input.

        The SDK adds nothing to the RPC address, so the key is part of its path.
        """
        hooks = f"{self.origin}{WEBHOOK_ROOT}"
        create = f"{hooks}/orchestrators/{{functionName}}[/{{instanceId}}]?code={self.key}"
        waiting = "timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}"
        return json.dumps(
            {
                "taskHubName": "local",
                "connectionName": None,
                "baseUrl": hooks,
                "httpBaseUrl": None,
                "requiredQueryStringParameters": f"code={self.key}",
                "rpcBaseUrl": f"{self.origin}{RPC_ROOT}/{self.key}/",
                "creationUrls": {
                    "createNewInstancePostUri": create,
                    "createAndWaitOnNewInstancePostUri": f"{create}&{waiting}",
                },
                "managementUrls": self.of_instance(_PLACEHOLDER),
            }
        )
