"""What an invoice, a receipt or a bank statement says."""

from shared.documents.kinds import DocumentKind
from shared.documents.understanding.commerce import bills, statements, values
from shared.documents.understanding.models import Extraction, FieldSource, Part
from shared.vendors.reading import Reading

_REQUIRED = {
    DocumentKind.INVOICE: ("vendor_name", "invoice_number", "date", "total"),
    DocumentKind.RECEIPT: ("vendor_name", "date", "total"),
    DocumentKind.BANK_STATEMENT: (
        "institution",
        "account_last4",
        "period_start",
        "period_end",
        "opening_balance",
        "closing_balance",
    ),
}


def required(kind: DocumentKind) -> tuple[str, ...]:
    """The fields without which the document is of no use."""
    return _REQUIRED.get(kind, ())


def extract(reading: Reading, part: Part) -> Extraction:
    """The fields of the part; a required one that cannot be read is there without a value."""
    read = statements.fields if part.kind is DocumentKind.BANK_STATEMENT else bills.fields
    found = {
        field.name: field
        for field in read(reading, part)
        if field.confidence >= values.WORTH_SHOWING
    }
    source = next(
        (page.source.value for page in reading.pages if page.number in part.pages), "text_layer"
    )
    missing = [name for name in required(part.kind) if name not in found]
    unread = [values.unreadable(name, FieldSource(source)) for name in missing]
    return Extraction(tax_year=None, fields=(*found.values(), *unread))
