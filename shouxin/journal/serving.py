"""The sealed journal piece by piece, as C2SP tlog-tiles names them: checkpoint, tiles of hashes, bundles of entries.

Nothing is made for the purpose: a tile is what the sealer keeps, or is read from the leaves. Only what the latest
checkpoint covers exists here, so whoever mirrors it never sees a hash that nobody has signed for.
"""

from dataclasses import dataclass

from shouxin.core.ledger.tiles import WIDTH, join_entries, join_hashes, split_hashes, tile_path
from shouxin.core.ledger.tree import root_of
from shouxin.journal.rows import fetch

_LATEST = "SELECT size, note FROM journal_checkpoint ORDER BY size DESC LIMIT 1"
_LEAVES = "SELECT leaf_hash FROM journal_leaf WHERE index >= %s AND index < %s ORDER BY index"
_ENTRIES = """
    SELECT e.body FROM journal_leaf l JOIN journal_entry e ON e.id = l.entry_id
    WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""
_TILES = "SELECT path, hashes FROM journal_tile WHERE path = ANY(%s)"
HIGHEST = 7  # 256 to the 8th are more leaves than a place has bits


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest checkpoint: how many entries it covers, and the signed note."""

    size: int
    note: str


def latest() -> Latest | None:
    """None while nothing is sealed."""
    found = fetch(_LATEST)
    return Latest(*found[0]) if found else None


def hashes(level: int, index: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile; None where the latest checkpoint does not reach so far."""
    if not 0 <= level <= HIGHEST or not _covered(WIDTH**level, index, width):
        return None
    start = index * WIDTH
    if level == 0:
        return join_hashes([bytes(row[0]) for row in fetch(_LEAVES, [start, start + width])])
    # Every hash of a higher level is the root of a whole tile below it, and whole tiles are kept.
    paths = [tile_path(level - 1, start + number) for number in range(width)]
    kept = {path: bytes(tile) for path, tile in fetch(_TILES, [paths])}
    return join_hashes([root_of(split_hashes(kept[path])) for path in paths])


def entries(index: int, width: int) -> bytes | None:
    """The first `width` entries of a bundle; None where the latest checkpoint does not reach so far."""
    if not _covered(1, index, width):
        return None
    start = index * WIDTH
    return join_entries([bytes(row[0]) for row in fetch(_ENTRIES, [start, start + width])])


def _covered(leaves: int, index: int, width: int) -> bool:
    """Whether the latest checkpoint has so many hashes of `leaves` leaves each."""
    newest = latest()
    return newest is not None and 1 <= width <= WIDTH and (index * WIDTH + width) * leaves <= newest.size
