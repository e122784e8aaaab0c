"""A rule's finding, in the words of its entry in ``data/rules.toml``."""

from typing import Any

from shared.documents.understanding.catalogue import load
from shared.documents.understanding.models import Finding, Severity


def table(name: str) -> dict[str, Any]:
    return load("rules")[name]


def finding(rule: str, *fields: str, detail: str = "") -> Finding:
    """What the rule says, what was found, and where the rule is written."""
    entry = table("rule")[rule]
    said = " ".join(filter(None, (entry["message"], detail)))
    return Finding(
        rule=rule,
        severity=Severity(entry["severity"]),
        message=f"{said} ({entry['citation']})",
        fields=fields,
    )
