"""The errors of the ledger, one family. Whoever checks gets an exception, never False."""


class LedgerError(Exception):
    """Something about the ledger is wrong; the message says what, without any content of entries."""


class EntryError(LedgerError):
    """An entry cannot be written or read: not canonical, too long, or holding what is not a code."""


class ProofError(LedgerError):
    """A proof does not prove what it claims (RFC 6962 section 2.1)."""


class CheckpointError(LedgerError):
    """A checkpoint is malformed, or no signature of the expected key stands under it."""


class TileError(LedgerError):
    """A tile or an entry bundle is malformed."""
