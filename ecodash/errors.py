"""The error tree: what a user is told, and what stops start-up. Anything else is a bug and surfaces."""


class EcodashError(Exception):
    """Root of every error this package raises on purpose."""


class UserError(EcodashError):
    """Something the user can put right: shown in Chinese, without a traceback.

    Args:
        what: what happened and where.
        remedy: what to do next.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class RegionUnknown(UserError):
    """No region has this code or name, or several have the name."""


class PeriodUnknown(UserError):
    """A text that should be a month is not one."""


class IndicatorUnknown(UserError):
    """No indicator has this code."""


class SubmissionRejected(UserError):
    """An upload with faults, or with nothing in it, was not committed."""


class TransitionRefused(UserError):
    """An action is not possible in the present state, such as undoing what later batches changed."""


class LinkUnknown(UserError):
    """A snapshot link or a page address names something that does not exist."""


class NotPermitted(UserError):
    """The actor may not do this."""


class SignInRefused(UserError):
    """Nobody was signed in: the login, the password or the code is not right, or the account is closed for a while.

    Args:
        wait_seconds: how long it is closed; 0 where it is not, or is not told.
    """

    def __init__(self, what: str, remedy: str = "", wait_seconds: int = 0) -> None:
        super().__init__(what, remedy)
        self.wait_seconds = wait_seconds


class StoreHeld(UserError):
    """Another process owns the store's file.

    Args:
        pid: that process, where the database says so.
    """

    def __init__(self, what: str, remedy: str = "", pid: int | None = None) -> None:
        super().__init__(what, remedy)
        self.pid = pid


class KeyRefused(UserError):
    """The key of links at hand is not the one the store is used with."""


class StoreTrouble(UserError):
    """The store could not do what it was asked for, through nobody's fault who asks: the message says what to do."""


class StoreFull(StoreTrouble):
    """The disk has no room left."""


class StoreBroken(StoreTrouble):
    """The store's file is damaged."""


class StoreUnreachable(StoreTrouble):
    """The database does not answer."""


class StoreBusy(StoreTrouble):
    """Too many ask at once."""


class OutOfMemory(StoreTrouble):
    """What was asked for needs more memory than there is, or than is allowed."""


class OutcomeUnknown(StoreTrouble):
    """Nobody knows whether what was to be written is there: the connection, or the disk, failed during the commit itself."""


class ServiceStopping(UserError):
    """The process is being stopped: what was not begun is not begun any more, and nothing of it was written."""


class CatalogError(EcodashError):
    """A catalogue file has a bad entry; start-up stops.

    Args:
        file: the file's name.
        entry: the entry's code, or its place where it has none.
        reason: what is wrong with it.
    """

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}: {entry}: {reason}")
        self.file = file
        self.entry = entry
        self.reason = reason
