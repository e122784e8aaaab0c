from shared.platform.errors import Conflict, Invalid, NotFound


class ReviewNotOpen(Conflict):
    """Only a document that waits for a person can be decided."""

    code = "review_not_open"


class NotCorrectable(Conflict):
    """Values are corrected once reading has ended, and never on a duplicate or a rejected file."""

    code = "document_not_correctable"


class NotRereadable(Conflict):
    """Nothing has arrived yet, it is being read now, or it is a duplicate or part of another."""

    code = "document_not_rereadable"


class Overtaken(Conflict):
    """A newer run has begun: what an older one has found, or a part of it, counts no more."""

    code = "run_overtaken"


class UploadMismatch(Invalid):
    """What has come is not what was announced; the client announces what it really has."""

    code = "upload_mismatch"


class UploadLost(NotFound):
    """It had come, and storage has it no more; the client sends it again."""

    code = "upload_lost"


class ReadingLost(Conflict):
    """What was read of it is in storage no more; it has to be read again first."""

    code = "reading_lost"


class BadValue(Invalid):
    """The value does not have the shape its field has."""

    code = "bad_value"


class UnknownField(NotFound):
    code = "unknown_field"


class PageNotReady(NotFound):
    """There is no such page, or it has not been rendered yet."""

    code = "page_not_found"
