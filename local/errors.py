"""What can stop the local stack, told as a sentence that says what to do."""


class StackError(Exception):
    """Its text is all the person at the keyboard gets to see: no traceback follows it."""


class PartMissing(StackError):
    """A program that the set-up installs is not there."""


class PartFailed(StackError):
    """A part did not start, or died too often."""


class PortTaken(StackError):
    """Another program holds a port the stack needs."""


class AlreadyRunning(StackError):
    """The state folder belongs to a stack that is up."""


class NotRunning(StackError):
    """The command needs a stack that is up."""
