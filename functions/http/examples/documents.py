from typing import Any

from shared.documents.models import (
    Accept,
    ChangeKind,
    Document,
    DocumentView,
    FieldCorrection,
    NewUpload,
    Reject,
    Upload,
)

_CLIENT_ID = "5b0b6a86-6f0e-5d0f-9d2b-0d5f4f1d6a11"
_DOCUMENT_ID = "33d95cad-f423-4209-a42b-3f23068967a8"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_DOCUMENT = {
    "id": _DOCUMENT_ID,
    "client_id": _CLIENT_ID,
    "parent_id": None,
    "name": "w2.pdf",
    "state": "needs_review",
    "code": "rules_failed",
    "detail": "Box 4 is not 6.2 % of boxes 3 and 7",
    "kind": "w2",
    "confidence": 0.996,
    "tax_year": 2024,
    "size": 73412,
    "media_type": "application/pdf",
    "duplicate_of": None,
    "version": 9,
    "created_at": "2025-02-03T15:04:05Z",
    "received_at": "2025-02-03T15:04:07Z",
}
_FIELDS = {
    "employee_ssn": {
        "value": "***-**-7834",
        "confidence": 0.97,
        "page": 1,
        "box": [0.06, 0.07, 0.17, 0.08],
        "source": "text_layer",
    },
    "box_4": {
        "value": "2000.00",
        "confidence": 0.97,
        "page": 1,
        "box": [0.78, 0.17, 0.83, 0.18],
        "source": "text_layer",
    },
}
_FINDING = {
    "rule": "W2-03",
    "severity": "warn",
    "message": "Box 4 is not 6.2 % of boxes 3 and 7",
    "fields": ["box_3", "box_4", "box_7"],
}

EXAMPLES: dict[type, Any] = {
    NewUpload: {"client_id": _CLIENT_ID, "name": "w2.pdf", "size": 73412, "sha256": _SHA256},
    Upload: {
        "document_id": _DOCUMENT_ID,
        "already_received": False,
        "upload_url": "https://firm.blob.core.windows.net/uploads/0c9e…/33d9…?sig=…",
        "upload_headers": {"x-ms-blob-type": "BlockBlob", "if-none-match": "*"},
        "expires_at": "2025-02-03T15:19:05Z",
    },
    Accept: {"verdict": "accepted"},
    Reject: {"verdict": "rejected", "reason": "A page is missing"},
    ChangeKind: {"verdict": "kind_changed", "kind": "1099-nec"},
    FieldCorrection: {"value": "3100.00"},
    Document: {**_DOCUMENT, "pages": [1], "run": 1},
    DocumentView: {
        **_DOCUMENT,
        "pages": [{"page": 1, "kind": "w2", "confidence": 0.996}],
        "fields": _FIELDS,
        "children": [],
        "findings": [_FINDING],
        "runs": [
            {
                "number": 1,
                "reader": "local-1/pypdfium2-5.15.2/rapidocr-3.10.0",
                "outcome": "needs_review",
                "code": "rules_failed",
                "started_at": "2025-02-03T15:04:07Z",
                "finished_at": "2025-02-03T15:04:08Z",
            }
        ],
    },
}
