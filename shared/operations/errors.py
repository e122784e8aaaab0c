from shared.platform.errors import Conflict, Invalid


class OperationEnded(Conflict):
    """What has ended cannot be stopped."""

    code = "operation_ended"
    remedy = "Get the operation again: it says how it ended"


class ExportNotReady(Conflict):
    """There is no file before the export has succeeded."""

    code = "export_not_ready"
    remedy = "Watch the operation until it has succeeded; ask anew if it has failed"


class TooManyRows(Invalid):
    """A sheet of a workbook has room for 1,048,576 rows."""

    code = "too_many_rows"
    remedy = "Export it as csv"


class UnknownWork(Invalid):
    """No such work is known here; a newer deployment may have been asked for it."""

    code = "unknown_work"
    remedy = "Ask again when the deployment that knows it is running"
