"""A package leaves in pieces while its content is still being read: however long it is, it is never whole in memory."""

import zipfile
from collections.abc import Iterator
from hashlib import sha256

from shouxin.rights.packages.writing import Sink, _Archive

PIECE, PIECES, BLOCK = 16 * 1024, 40, 64 * 1024


def noise(number: int) -> bytes:
    """Bytes that no archive makes smaller."""
    return b"".join(sha256(f"{number} {n}".encode()).digest() for n in range(BLOCK // 32))


def test_pieces_leave_while_content_is_still_read() -> None:
    taken: list[int] = []
    waiting: list[int] = []

    def content() -> Iterator[bytes]:
        for number in range(PIECES):
            waiting.append(number * BLOCK - sum(taken))  # read so far and not yet gone
            yield noise(number)

    sink = Sink(lambda piece: taken.append(len(piece)), PIECE)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as opened:
        _Archive(opened, (2026, 11, 26, 8, 0, 0)).add("photo.jpg", content())
    sink.finish()

    assert len(waiting) == PIECES
    assert max(waiting) <= 4 * BLOCK  # what archive and sink hold back, not what the file is long
    assert set(taken[:-1]) == {PIECE}
    assert sum(taken) == sink.size > PIECES * BLOCK
