"""Uploads wait for their import sealed: 1 MiB chunks under a random key of their own, read back as a seekable file.

File: magic `SXUP`, format 1, suite (1 byte), then per chunk nonce (12) ‖ ciphertext ‖ tag (16). Associated data of a
chunk: the 6 bytes before, the upload's id (16), the chunk's index (8, big-endian), 1 for the last chunk or 0. So a
chunk that was altered, moved, left out, or taken from another upload does not open, and neither does a file cut
short. The key is the caller's to wrap and to keep; destroying it destroys the upload wherever it was copied.
"""

import io
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag

from shouxin.core.crypto.suites import NONCE_BYTES, TAG_BYTES, Suite, suite_of
from shouxin.customers.intake.reading.messages import unreadable
from shouxin.customers.intake.reading.model import DEFAULT_LIMITS, MIB
from shouxin.kit import ids

_MAGIC = b"SXUP\x01"
_HEADER = len(_MAGIC) + 1
_SEALED_CHUNK = NONCE_BYTES + MIB + TAG_BYTES
_PRIVATE = 0o600
PIECE = MIB  # what is read at once when a file is sealed again


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """A sealed upload. `fingerprint` is the same for the same bytes under the same fingerprint key."""

    id: UUID
    size: int
    fingerprint: bytes
    key: bytes = field(repr=False)


def path_of(upload_id: UUID, folder: Path) -> Path:
    """Where the sealed file stands."""
    return folder / f"{upload_id}.sealed"


def store(
    pieces: Iterable[bytes],
    *,
    folder: Path,
    suite: Suite,
    fingerprint_key: bytes,
    limit: int = DEFAULT_LIMITS.text_bytes,
) -> StoredUpload:
    """Seal an upload into `folder` as it arrives; nothing of it is ever written in clear.

    Raises:
        UnreadableFile: too_large, empty_file. Nothing is left behind then.
    """
    upload_id, key = ids.new(), suite.new_key()
    unfinished = path_of(upload_id, folder).with_suffix(".part")
    unfinished.touch(mode=_PRIVATE, exist_ok=False)
    try:
        size, fingerprint = _seal(
            _within(pieces, limit), unfinished, upload_id, suite, (key, fingerprint_key)
        )
        unfinished.rename(path_of(upload_id, folder))
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return StoredUpload(upload_id, size, fingerprint, key)


def _within(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise unreadable("too_large", size=f"{limit // MIB}+", limit=limit // MIB)
        yield piece
    if not size:
        raise unreadable("empty_file")


def _seal(
    pieces: Iterable[bytes], path: Path, upload_id: UUID, suite: Suite, keys: tuple[bytes, bytes]
) -> tuple[int, bytes]:
    """Size and fingerprint: the keyed digest of the chunks' keyed digests."""
    aead, mac = suite.aead(keys[0]), suite.mac(keys[1])
    header = _MAGIC + bytes([suite.id])
    size, digests = 0, bytearray()
    with path.open("wb") as file:
        file.write(header)
        for index, (chunk, last) in enumerate(_chunks(pieces)):
            size += len(chunk)
            digests += mac(chunk)
            nonce = os.urandom(NONCE_BYTES)
            file.write(nonce + aead.encrypt(nonce, chunk, _bound(header, upload_id, index, last=last)))
        file.flush()
        os.fsync(file.fileno())
    return size, mac(bytes(digests))


def open_sealed(upload_id: UUID, key: bytes, *, folder: Path) -> "SealedReader":
    """The upload as a read-only, seekable binary file; close it after use.

    Raises:
        UnreadableFile: stored_file_altered, also while reading.
        FileNotFoundError: it was destroyed.
    """
    return SealedReader(path_of(upload_id, folder), upload_id, key)


def destroy(upload_id: UUID, *, folder: Path) -> None:
    """Remove the sealed file, finished or not; the caller discards the key first. Doing it twice does no harm."""
    path_of(upload_id, folder).unlink(missing_ok=True)
    path_of(upload_id, folder).with_suffix(".part").unlink(missing_ok=True)


class SealedReader(io.RawIOBase):
    """Decrypts the chunk being read and keeps that one in memory."""

    def __init__(self, path: Path, upload_id: UUID, key: bytes) -> None:
        super().__init__()
        self._id, self._at, self._index, self._chunk = upload_id, 0, -1, b""
        self._file = path.open("rb", buffering=0)
        try:
            self._open(key)
        except BaseException:
            self._file.close()
            raise

    def _open(self, key: bytes) -> None:
        self._header = self._file.read(_HEADER)
        body = self._file.seek(0, 2) - _HEADER
        self._count = max(1, -(-body // _SEALED_CHUNK))
        self._size = body - self._count * (NONCE_BYTES + TAG_BYTES)
        if self._header[:-1] != _MAGIC or len(self._header) != _HEADER or self._size < 0:
            raise unreadable("stored_file_altered")
        self._aead = suite_of(self._header[-1]).aead(key)
        self._load(self._count - 1)  # a file cut short is found before its first row is read

    @property
    def size(self) -> int:
        """Bytes of the file as it was uploaded."""
        return self._size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        base = {0: 0, 1: self._at, 2: self._size}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # typeshed says Buffer
        if self._at >= self._size:
            return 0
        index, start = divmod(self._at, MIB)
        self._load(index)
        piece = self._chunk[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def read(self, size: int | None = -1, /) -> bytes:
        """Exactly `size` bytes, or what is left: libraries rely on it as with a regular file."""
        wanted = max(0, self._size - self._at) if size is None or size < 0 else size
        buffer = bytearray(min(wanted, max(0, self._size - self._at)))
        view, done = memoryview(buffer), 0
        while done < len(buffer):
            done += self.readinto(view[done:])
        return bytes(buffer)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._chunk = b""
        super().close()

    def _load(self, index: int) -> None:
        if index == self._index:
            return
        self._file.seek(_HEADER + index * _SEALED_CHUNK)
        sealed = self._file.read(_SEALED_CHUNK) or b""
        bound = _bound(self._header, self._id, index, last=index == self._count - 1)
        try:
            self._chunk = self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise unreadable("stored_file_altered") from error
        self._index = index


def _chunks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Chunks of 1 MiB, the last one shorter or full and told so."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > MIB:
            yield bytes(waiting[:MIB]), False
            del waiting[:MIB]
    yield bytes(waiting), True


def _bound(header: bytes, upload_id: UUID, index: int, *, last: bool) -> bytes:
    return header + upload_id.bytes + struct.pack(">QB", index, last)
