"""The errors that a person may see; each message can be read without a traceback."""


class OmsError(Exception):
    """Something that the user can act on.

    The message is one paragraph: what went wrong, where, what was found, what was expected, what to do next.
    """


class FetchError(OmsError):
    """The Hub could not be read completely; what was read so far is kept for the next try."""


class SnapshotError(OmsError):
    """A snapshot file is missing, damaged or not in the snapshot's format."""


class LedgerError(OmsError):
    """The ledger's files and its manifest do not agree, or an interval cannot be added."""


class CheckError(OmsError):
    """A snapshot cannot be checked, or a gate cannot be overruled."""


class IssueError(OmsError):
    """The issue about the nightly run could not be opened, updated or closed."""


class RegistryError(OmsError):
    """Hand-edited tables hold mistakes; the message lists all of them with file and line."""


class TranslationError(OmsError):
    """Translations hold mistakes, or messages are not translated; the message lists them with file and line."""


class SiteError(OmsError):
    """The site could not be built from its pages."""


class RemoteError(OmsError):
    """The dataset repository, or a published site, cannot be read or written."""


class NightError(OmsError):
    """A night stopped before its last step; what is complete stays."""


class HeldError(NightError):
    """A gate holds a snapshot: the ledger and the site stay as they are."""
