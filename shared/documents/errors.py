from shared.platform.errors import Conflict, Invalid, NotFound


class ReviewNotOpen(Conflict):
    """Only a document that waits for a person can be decided."""

    code = "review_not_open"
    remedy = "Get the document again: somebody has decided, or nobody was asked"


class NotCorrectable(Conflict):
    """Values are corrected once reading has ended, and never on a duplicate or a rejected file."""

    code = "document_not_correctable"
    remedy = "Wait until it has been read, or correct the original of a duplicate"


class NotRereadable(Conflict):
    """Nothing has arrived yet, it is being read now, or it is a duplicate or part of another."""

    code = "document_not_rereadable"
    remedy = "Wait until it has been read; of a duplicate, read the original again"


class Overtaken(Conflict):
    """A newer run has begun: what an older one has found, or a part of it, counts no more."""

    code = "run_overtaken"
    remedy = "Get the document again"


class UploadMismatch(Invalid):
    """What has come is not what was announced; the client announces what it really has."""

    code = "upload_mismatch"
    remedy = "Announce what is really sent: its size and its SHA-256"


class UploadLost(NotFound):
    """It had come, and storage has it no more; the client sends it again."""

    code = "upload_lost"
    remedy = "Announce and send the file again"


class ReadingLost(Conflict):
    """What was read of it is in storage no more; it has to be read again first."""

    code = "reading_lost"
    remedy = "Have it read again, then change its kind"


class BadValue(Invalid):
    """The value does not have the shape its field has."""

    code = "bad_value"
    remedy = "Send it in the shape of its field: a TIN, a date, an amount"


class UnknownField(NotFound):
    """That kind of document has no such field."""

    code = "unknown_field"
    remedy = "Name a field that its kind of document has"


class PageNotReady(NotFound):
    """There is no such page, or it has not been rendered yet."""

    code = "page_not_found"
    remedy = "Ask for one of the document's pages, when it has been read"
