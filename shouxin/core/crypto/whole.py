"""Storage groups of one record each, opened whole: the key unwrapped, the head checked, the blob opened, in one go.

What `WrappingKey.unwrap`, `DataKey.check_head` and `DataKey.open` do one after the other (same formats, same order,
nothing left out), with what is alike for many customers put together once. It tells that something is wrong, not what.
"""

from typing import Final

from cryptography.exceptions import InvalidTag

from shouxin.core.crypto import blob, wrapping
from shouxin.core.crypto.suites import NONCE_BYTES, TAG_BYTES, Suite
from shouxin.core.crypto.wrapping import WrappingKey

_HEAD_BYTES: Final = 1 + NONCE_BYTES + TAG_BYTES
_HEADER: Final = 6  # of a blob, and of a wrapped key
_BODY: Final = _HEADER + NONCE_BYTES
_NUMBERS: Final = 1024  # of changes that are remembered


class Whole:
    """Opens the groups of one name whose keys are of one suite and version, and wrapped under one epoch key."""

    __slots__ = ("_aead", "_context", "_group", "_head", "_header", "_middle", "_unwrap", "_wrapped", "key")

    def __init__(self, key: WrappingKey, suite: Suite, *, version: int, group: str) -> None:
        self.key = key
        self._wrapped, self._unwrap = key.header, key.decrypt
        self._aead = suite.aead
        self._group = group.encode()
        self._context = key.header + wrapping.DATA_CONTEXT.pack(b"DATA", suite.id, version, b"")[:-16]
        self._header = blob.HEADER.pack(blob.VERSION, suite.id, version)
        self._head = blob.head_start(suite.id, version)
        self._middle: dict[int, bytes] = {}  # by the number of changes, which is small and much the same

    def open(
        self,
        customer: bytes,
        wrapped: bytes,
        head: bytes,
        changes: int,
        record: bytes,
        revision: int,
        sealed: bytes,
    ) -> bytes | None:
        """What is inside the group's one record; None when key, head or blob is not what was stored for this place."""
        if (
            wrapped[:_HEADER] != self._wrapped
            or sealed[:_HEADER] != self._header
            or head[:1] != blob.HEAD_MARK
            or len(head) != _HEAD_BYTES
        ):
            return None
        middle = self._middle.get(changes)
        if middle is None:
            if len(self._middle) >= _NUMBERS:
                self._middle = {}
            middle = self._middle[changes] = blob.head_middle(changes, self._group)
        stated = record + revision.to_bytes(8, "big")
        try:
            key = self._unwrap(
                wrapped[_HEADER:_BODY], wrapped[_BODY:], self._context + customer + self._group
            )
            decrypt = self._aead(key).decrypt
            decrypt(
                head[1 : 1 + NONCE_BYTES], head[1 + NONCE_BYTES :], self._head + customer + middle + stated
            )
            return decrypt(
                sealed[_HEADER:_BODY], sealed[_BODY:], self._header + customer + stated + self._group
            )
        except (InvalidTag, ValueError):  # a key, or a piece, of another length
            return None
