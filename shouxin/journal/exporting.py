"""The journal as files that anybody can check (docs/formats/checkpoint-and-tiles.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shouxin.core.ledger.checkpoint import VerifyingKey
from shouxin.core.ledger.tiles import ENTRIES, WIDTH, Edge, Tile, join_entries, join_hashes, tile_path
from shouxin.journal.outside import Outside
from shouxin.journal.rows import fetch

SPAN = 16 * WIDTH
HISTORY = 1000  # checkpoints exported beside the latest, spread over the whole log

_ROWS = """
    SELECT l.index / 256, l.leaf_hash, e.body FROM journal_leaf l LEFT JOIN journal_entry e ON e.id = l.entry_id
    WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""


class NothingSealed(Exception):
    """There is no checkpoint yet, so nothing can be proved."""


class FolderInUse(Exception):
    """The folder for the export exists and is not empty."""


@dataclass(frozen=True, slots=True)
class Exported:
    size: int
    root: bytes
    checkpoints: int


def export(*, data: Path, key: VerifyingKey, folder: Path) -> Exported:
    """Write the sealed journal to `folder` as it stands, right or wrong; judging it is the verifier's business.

    Raises:
        FolderInUse: there is something in `folder`.
        NothingSealed: no entry has been sealed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(str(folder))
    latest = fetch("SELECT size, root, note FROM journal_checkpoint ORDER BY size DESC LIMIT 1")
    if not latest:
        raise NothingSealed
    size, root, note = latest[0]
    edge = Edge()
    for start in range(0, size, SPAN):
        _write_span(folder, edge, fetch(_ROWS, [start, min(start + SPAN, size)]), size)
    for level, row in enumerate(edge.rows):
        if row:
            _write(folder / tile_path(level, (edge.size >> 8 * level) // WIDTH, len(row)), join_hashes(row))
    notes = _history(size) | {name: kept for name, kept in Outside(data).notes() if name != "checkpoint"}
    for name, text in notes.items():
        _write(folder / "checkpoints" / name, text.encode())
    _write(folder / "ledger.pub", f"{key}\n".encode())
    _write(folder / "checkpoint", note.encode())
    return Exported(size, root, len(notes) + 1)


def _write_span(folder: Path, edge: Edge, rows: Sequence[tuple[int, bytes, bytes | None]], size: int) -> None:
    bundles: dict[int, list[bytes]] = {}
    for tile, leaf, body in rows:
        bundle = bundles.setdefault(tile, [])
        if body is not None:
            bundle.append(body)
        for filled in edge.append(leaf):
            _write_tile(folder, filled)
    for tile, bundle in bundles.items():
        _write(folder / tile_path(ENTRIES, tile, min(WIDTH, size - tile * WIDTH)), join_entries(bundle))


def _write_tile(folder: Path, tile: Tile) -> None:
    _write(folder / tile_path(tile.level, tile.index), join_hashes(tile.hashes))


def _history(size: int) -> dict[str, str]:
    every = max(WIDTH, size // HISTORY)
    found = fetch(
        "SELECT DISTINCT ON (size / %(every)s) size, note FROM journal_checkpoint WHERE size < %(size)s"
        " ORDER BY size / %(every)s, size DESC",
        {"every": every, "size": size},
    )
    return {f"{at:019}": note for at, note in found}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
