"""What the codes on documents mean to whoever looks at them; docs/errors.md is made of this.

A code that an error gives a document has its meaning from the error itself.
"""

from collections.abc import Mapping

from shared.documents.errors import UploadLost, UploadMismatch
from shared.documents.losses import NEVER_CAME
from shared.documents.remarks import BLANK
from shared.platform.errors import AppError
from shared.vendors.reading import (
    Cargo,
    CloudReaderMissing,
    CloudReaderRefusedFile,
    CloudReaderRejected,
    CloudReaderThrottled,
    CloudReaderTooSlow,
    CloudReaderUnavailable,
    DocumentDamaged,
    DocumentEncrypted,
    DocumentTooLarge,
    EmptyFile,
    NotADocument,
    ReaderGaveUp,
    ReaderUnavailable,
    Unreadable,
    XfaForm,
)

REJECTED: tuple[type[AppError], ...] = (
    DocumentEncrypted,
    DocumentDamaged,
    EmptyFile,
    DocumentTooLarge,
    XfaForm,
    NotADocument,
    Unreadable,
    UploadMismatch,
)
READERS: tuple[type[AppError], ...] = (
    ReaderUnavailable,
    ReaderGaveUp,
    CloudReaderUnavailable,
    CloudReaderThrottled,
    CloudReaderTooSlow,
    CloudReaderRejected,
    CloudReaderRefusedFile,
    CloudReaderMissing,
)
EXPECTED: Mapping[str, str] = {
    NEVER_CAME: "nothing came within a day after the link expired: announce and send it again",
    UploadLost.code: "it had come, and storage lost it: announce and send it again",
}
WAITING: Mapping[str, str] = {
    "unsure_of_kind": "nothing says clearly what it is: accept it, or change its kind",
    "unsure_of_values": "`detail` names the values that are not certain",
    "values_missing": "`detail` names required values that were not found or not readable",
    "rules_failed": "the findings say which rules do not hold",
    "kind_changed": "a person said what it is; the values were looked for again",
    "not_read": "nothing here could read it",
    BLANK: "nothing is written on it, or nothing that can be read: look at the pages",
    Cargo.DOCUMENTS.value: "documents lie inside the file (a portfolio, attachments), and only its"
    " own pages were read: have the client send them one by one",
}
FAILED: Mapping[str, str] = {
    "processing_failed": "our mistake: `POST …/reread` when it is mended",
}
FINDINGS: Mapping[str, str] = {
    Cargo.FILES.value: "files lie inside of a PDF; nothing of them was opened",
    Cargo.SCRIPTS.value: "a PDF carries scripts or commands; none of them was run",
    "tax_year_differs": "the cloud reader's model says another year than we read: a person looks",
    "tax_year_unsure": "only the model has a year, and not surely: a person looks",
    "read_locally": "the cloud reader did not read it, with the code it names; we did",
    "review_reminded": "it has waited for 3 days",
    "review_overdue": "it has waited for 14 days; silence never accepts a document",
}
