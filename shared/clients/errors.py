from shared.platform.errors import Conflict, Invalid, NotFound


class ClientInUse(Conflict):
    """The client has documents, or people who sign in for it."""

    code = "client_in_use"
    remedy = "Archive it: set its state to archived"


class BadTin(Invalid):
    """The number cannot be a TIN of this kind of client."""

    code = "bad_tin"
    remedy = "Send nine digits as they are on the client's card or letter"


class TinUnknown(NotFound):
    """The firm does not know the client's TIN."""

    code = "tin_unknown"
    remedy = "Enter it first"
