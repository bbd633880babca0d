"""Keyed digests of values, for entries that must prove a value later without holding it.

    digest key = HMAC(data key, "shouxin-digest")
    digest     = HMAC(digest key, record(16) ‖ len(field)(2) ‖ field ‖ value), whole

The key is derived from the data key of the storage group and dies with it: after destruction nobody can
connect a digest with a guessed value, while the entry that carries it stays byte for byte the same.
"""

from typing import Final
from uuid import UUID

from shouxin.core.crypto.suites import Suite

_LABEL: Final = b"shouxin-digest"


class ValueDigest:
    """Digests of the values of one (customer, storage group)."""

    __slots__ = ("_mac",)

    def __init__(self, suite: Suite, data_key: bytes) -> None:
        self._mac = suite.mac(suite.mac(data_key)(_LABEL))

    def of(self, *, record: UUID, field: str, text: str) -> bytes:
        """The 32-byte digest of one value of one record."""
        name = field.encode()
        return self._mac(record.bytes + len(name).to_bytes(2, "big") + name + text.encode())
