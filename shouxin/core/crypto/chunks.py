"""Sealed files: the bytes of a file of a customer in chunks of 1 MiB, sealed and opened as a stream.

    file            = "SXAT" ‖ 0x01 ‖ suite(1) ‖ chunk ‖ chunk ‖ …
    chunk           = nonce(12) ‖ ciphertext (up to 1,048,576) ‖ tag(16)
    associated data = header(6) ‖ customer(16) ‖ file(16) ‖ size(8) ‖ index(8) ‖ count(8)

Integers are big-endian; `size` is the length in clear, `count` the number of chunks it makes, `index` counts from 0. So
a chunk that was altered, moved, left out, repeated or taken from another file or customer does not open, and neither
does a file that was cut short or added to. See docs/formats/sealed-file.md.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from shouxin.core.crypto.errors import Broken, SealBroken
from shouxin.core.crypto.suites import NONCE_BYTES, TAG_BYTES, Suite

CHUNK: Final = 1 << 20
_MAGIC: Final = b"SXAT\x01"
_HEADER: Final = len(_MAGIC) + 1
_PLACE: Final = struct.Struct(">16s16sQQQ")
SEALED_CHUNK: Final = NONCE_BYTES + CHUNK + TAG_BYTES


def count_of(size: int) -> int:
    """How many chunks a file of `size` bytes makes."""
    return max(1, -(-size // CHUNK))


def sealed_size(size: int) -> int:
    """How long a file of `size` bytes is when it is sealed."""
    return _HEADER + size + count_of(size) * (NONCE_BYTES + TAG_BYTES)


@dataclass(frozen=True, slots=True)
class FileKey:
    """The key of one file of one customer; keep it no longer than the work at hand."""

    customer: UUID
    file: UUID
    suite: Suite
    key: bytes = field(repr=False)

    def seal(self, pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
        """The sealed file, piece by piece; `size` is how long `pieces` are in all.

        Raises:
            ValueError: they are longer or shorter than that.
        """
        aead, header = self.suite.aead(self.key), _MAGIC + bytes([self.suite.id])
        count, done = count_of(size), 0
        yield header
        for index, chunk in enumerate(_chunks(pieces)):
            done += len(chunk)
            if index >= count:
                break
            nonce = os.urandom(NONCE_BYTES)
            yield nonce + aead.encrypt(nonce, chunk, self._bound(header, size, index))
        if done != size:
            raise ValueError("a file is not as long as it was said to be")

    def open(self, pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
        """The file in clear, chunk by chunk, each as soon as it is proven; `pieces` are the sealed file.

        Raises:
            SealBroken: it is not what was sealed for this file; whatever came before is genuine, but not the whole.
        """
        sealed = _Buffered(pieces)
        header = sealed.take(_HEADER)
        if header != _MAGIC + bytes([self.suite.id]):
            raise SealBroken(Broken.FORMAT, f"file {self.file}")
        aead, left = self.suite.aead(self.key), size
        for index in range(count_of(size)):
            length = min(left, CHUNK)
            chunk = sealed.take(NONCE_BYTES + length + TAG_BYTES)
            try:
                yield aead.decrypt(chunk[:NONCE_BYTES], chunk[NONCE_BYTES:], self._bound(header, size, index))
            except (InvalidTag, ValueError):
                raise SealBroken(Broken.NOT_AUTHENTIC, f"file {self.file} chunk {index}") from None
            left -= length
        if sealed.take(1):
            raise SealBroken(Broken.NOT_AUTHENTIC, f"file {self.file}: longer than it was")

    def _bound(self, header: bytes, size: int, index: int) -> bytes:
        return header + _PLACE.pack(self.customer.bytes, self.file.bytes, size, index, count_of(size))


class _Buffered:
    """Takes exactly so many bytes from a stream of pieces of any length."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._held = iter(pieces), bytearray()

    def take(self, size: int) -> bytes:
        """`size` bytes, or what is left."""
        while len(self._held) < size and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Chunks of 1 MiB, the last one shorter or full; one empty chunk for nothing at all."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    yield bytes(waiting)
