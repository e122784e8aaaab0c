"""Holding the rules against the values, after reading them and after each correction."""

from shared.documents import values
from shared.documents.models import Document
from shared.documents.queries import fields
from shared.documents.understanding import rules
from shared.platform.crypto import Keyring
from shared.platform.db import Tx
from shared.platform.redaction import redact


async def check_again(tx: Tx, keyring: Keyring, document: Document) -> None:
    """The findings of the rules become what they are for the values as they are now."""
    await fields.delete_checked_findings(tx, document.id, document.run)
    if document.kind is None:
        return
    rows = await fields.list_fields(tx, document.id, document.run)
    known = {row.name: values.to_value(keyring, row) for row in rows}
    found = rules.check(document.kind, known, document.tax_year)
    redacted = [each.model_copy(update={"message": redact(each.message)}) for each in found]
    await fields.insert_findings(tx, document.id, document.run, redacted, is_checked=True)
