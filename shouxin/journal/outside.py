"""What the ledger keeps outside the database: the key, every leaf hash, and checkpoints.

Whoever rewrites the database consistently, hashes and all, is found by these files. The layout is that of C2SP
tlog-tiles (level 0 only); a file appears whole or not at all, and the checkpoint is written last.
"""

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from shouxin.core.ledger.checkpoint import SigningKey, VerifyingKey, open_note
from shouxin.core.ledger.errors import LedgerError
from shouxin.core.ledger.tiles import WIDTH, join_hashes, split_hashes, tile_path

ATTEMPTS = 3  # readings of a tile that is being replaced
KEEP_EVERY = 3600  # seconds between two checkpoints that are kept for good


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write, flush to the disk, and give the file its name only then; readers see all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)


def key_path(data: Path) -> Path:
    return data / "keys" / "ledger.key"


def public_key_path(data: Path) -> Path:
    return data / "keys" / "ledger.pub"


def make_key(data: Path) -> SigningKey:
    """Make the ledger's key, readable for its owner alone, and write the public one beside it."""
    key = SigningKey.generate(f"shouxin.local/ledger/{secrets.token_hex(4)}")
    (data / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(key_path(data), key.text().encode() + b"\n", 0o600)
    write_atomically(public_key_path(data), f"{key.public}\n".encode())
    return key


def load_key(data: Path) -> SigningKey:
    """The ledger's key; puts the public one back in its place if it is gone.

    Raises:
        FileNotFoundError: there is none yet.
    """
    key = SigningKey.parse(key_path(data).read_text(encoding="ascii"))
    if not public_key_path(data).exists():
        write_atomically(public_key_path(data), f"{key.public}\n".encode())
    return key


def load_public_key(data: Path) -> VerifyingKey:
    """Raises:
    FileNotFoundError: no sealer has ever run on this folder."""
    return VerifyingKey.parse(public_key_path(data).read_text(encoding="ascii"))


class Outside:
    """The folder `ledger` of the data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "ledger"
        self._kept_at = max((path.stat().st_mtime for path in self._kept()), default=0.0)

    def note(self) -> str | None:
        """The latest checkpoint as it was written, if there is one."""
        path = self.folder / "checkpoint"
        return path.read_text(encoding="utf-8") if path.exists() else None

    def size(self, key: VerifyingKey) -> int:
        """How many leaf hashes are kept here.

        Raises:
            shouxin.core.ledger.errors.CheckpointError: the checkpoint here is not signed by `key`.
        """
        note = self.note()
        return 0 if note is None else open_note(note, key).size

    def notes(self) -> Iterator[tuple[str, str]]:
        """(file name, note) of every checkpoint kept, the latest last."""
        for path in sorted(self._kept()):
            yield path.name, path.read_text(encoding="utf-8")
        latest = self.note()
        if latest is not None:
            yield "checkpoint", latest

    def hashes(self, tile: int, size: int) -> list[bytes]:
        """The leaf hashes of one tile in a log of `size`; empty when the file is missing.

        Raises:
            shouxin.core.ledger.errors.TileError: the file is not a tile.
        """
        width = min(WIDTH, size - tile * WIDTH)
        for _attempt in range(ATTEMPTS if width > 0 else 0):
            for path in self._as_wide(tile, width):
                with suppress(FileNotFoundError):
                    return split_hashes(path.read_bytes())[:width]
        return []

    def _as_wide(self, tile: int, width: int) -> list[Path]:
        """The files that hold the first `width` hashes of a tile. A sealer that runs meanwhile replaces a partial tile
        by a wider one, which begins with the same hashes."""
        folder = (self.folder / tile_path(0, tile, 1)).parent
        wider = sorted(int(path.name) for path in folder.glob("[0-9]*") if int(path.name) > width)
        widths = [width, *wider, WIDTH]
        return [self.folder / tile_path(0, tile, one) for one in widths]

    def write(
        self, size: int, tiles: Sequence[tuple[int, Sequence[bytes]]], edge: Sequence[bytes], note: str
    ) -> None:
        """Keep the newly complete `tiles` (index, hashes), the partial one at the right `edge`, and the note."""
        for index, hashes in tiles:
            write_atomically(self.folder / tile_path(0, index), join_hashes(hashes))
        if edge:
            write_atomically(self.folder / tile_path(0, size // WIDTH, len(edge)), join_hashes(edge))
        write_atomically(self.folder / "checkpoint", note.encode())
        if time.time() - self._kept_at >= KEEP_EVERY:
            write_atomically(self.folder / "checkpoints" / f"{size:019}", note.encode())
            self._kept_at = time.time()
        for index in {size // WIDTH, *(index for index, _ in tiles)}:
            self._drop_partial(index, len(edge) if index == size // WIDTH else WIDTH)

    def _drop_partial(self, index: int, width: int) -> None:
        """Remove the narrower partial tiles that the one of `width`, or the complete one, has replaced."""
        folder = (self.folder / tile_path(0, index, 1)).parent
        for path in folder.glob("[0-9]*"):
            if int(path.name) < width:
                path.unlink()
        if width == WIDTH and folder.exists() and not any(folder.iterdir()):
            folder.rmdir()

    def _kept(self) -> list[Path]:
        return [path for path in (self.folder / "checkpoints").glob("[0-9]*") if path.is_file()]


class Diverged(LedgerError):
    """The database and what is kept outside tell different histories; sealing on would split the log."""
