"""What a person should know about a file as a whole, whatever its values are."""

from shared.documents.understanding.models import Finding, Severity
from shared.vendors.reading import Cargo, Reading

BLANK = "document_blank"
FOR_A_PERSON = frozenset({BLANK, Cargo.DOCUMENTS.value})
"""Nothing is accepted with one of these before somebody has looked."""

_CARRIES = {
    Cargo.DOCUMENTS: "Documents lie inside this file; only its own pages were read",
    Cargo.FILES: "Files lie inside this one; nobody has opened them",
    Cargo.SCRIPTS: "It carries scripts or commands; none of them was run",
}


def remarks(reading: Reading) -> list[Finding]:
    found = [_remark(cargo.value, _CARRIES[cargo]) for cargo in reading.cargo]
    if reading.pages and not any(page.words or page.fields for page in reading.pages):
        found.append(_remark(BLANK, "Nothing is written on it, or nothing that can be read"))
    return found


def _remark(rule: str, message: str) -> Finding:
    severity = Severity.WARN if rule in FOR_A_PERSON else Severity.INFO
    return Finding(rule=rule, severity=severity, message=message)
