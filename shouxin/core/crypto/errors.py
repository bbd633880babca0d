"""The one family of errors of this package. No message ever carries a key or a plaintext."""

from enum import StrEnum


class CryptoError(Exception):
    """Anything that went wrong with keys or sealed bytes."""


class Broken(StrEnum):
    """What is wrong with sealed bytes, as far as they themselves can tell."""

    TRUNCATED = "truncated"  # shorter than the smallest possible blob
    FORMAT = "format"  # a version byte this release does not know
    SUITE = "suite"  # names another suite than its key
    KEY_VERSION = "key_version"  # names another version of its key
    NOT_AUTHENTIC = "not_authentic"  # the tag does not fit: altered, cut, or sealed for another place


class SealBroken(CryptoError):
    """Sealed bytes are not what was sealed for this place.

    Attributes:
        what: the kind of damage.
        place: the name of the place that was opened (identifiers only).
    """

    def __init__(self, what: Broken, place: str) -> None:
        super().__init__(f"{what}: {place}")
        self.what = what
        self.place = place


class UnknownSuite(CryptoError):
    """A suite number that this release does not implement."""


class KeyMissing(CryptoError):
    """A key that is named by sealed bytes does not exist (any more)."""


class KeyServiceUnavailable(CryptoError):
    """The key provider cannot be used now: reading and writing fail closed."""


class UnsafeKeyFile(KeyServiceUnavailable):
    """The key file may be read by others than its owner, or is not a key file."""


class WrongPassphrase(KeyServiceUnavailable):
    """The passphrase does not give the recorded root key."""
