"""The tree cut into tiles of 256 hashes, and entries into bundles of 256 (C2SP tlog-tiles).

A tile of level L holds nodes of height 8·L. Complete tiles never change; the one at the right edge of a level
is partial and has its width in its name. Entries lie in bundles beside the tiles of level 0.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from shouxin.core.ledger.errors import TileError
from shouxin.core.ledger.tree import HASH_LENGTH, CompactRange, NodeReader, root_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = "entries"
GROUP = 1000  # an index is written in groups of three digits


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """`tile/<level>/<index>[.p/<width>]`, the index in groups of three digits, all but the last with an x."""
    groups = [f"{index % GROUP:03}"]
    while index >= GROUP:
        index //= GROUP
        groups.append(f"x{index % GROUP:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def layout(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a tree of `size` leaves, level by level."""
    level, count = 0, size
    while count:
        for index in range(count // WIDTH):
            yield level, index, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def join_hashes(hashes: Sequence[bytes]) -> bytes:
    return b"".join(hashes)


def split_hashes(tile: bytes) -> list[bytes]:
    """Raises:
    TileError: not a whole number of hashes, none, or more than 256."""
    if not tile or len(tile) % HASH_LENGTH or len(tile) > WIDTH * HASH_LENGTH:
        raise TileError("a tile holds 1 to 256 hashes of 32 bytes")
    return [tile[at : at + HASH_LENGTH] for at in range(0, len(tile), HASH_LENGTH)]


def join_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: every entry after two bytes of length, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split_entries(bundle: bytes) -> list[bytes]:
    """Raises:
    TileError: the bundle ends inside an entry, is empty, or holds more than 256."""
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 > len(bundle) or end > len(bundle):
            raise TileError("a bundle ends inside an entry")
        entries.append(bundle[at + 2 : end])
        at = end
    if not 1 <= len(entries) <= WIDTH:
        raise TileError("a bundle holds 1 to 256 entries")
    return entries


def nodes_from(read: Callable[[int, int], Sequence[bytes]]) -> NodeReader:
    """Any complete node, from `read(level, index)` that gives the hashes of a tile."""

    def node(height: int, index: int) -> bytes:
        level, below = divmod(height, HEIGHT)
        tile, start = divmod(index << below, WIDTH)
        return root_of(read(level, tile)[start : start + (1 << below)])

    return node


@dataclass(frozen=True, slots=True)
class Tile:
    """A complete tile that has just been filled."""

    level: int
    index: int
    hashes: tuple[bytes, ...]


@dataclass(slots=True)
class Edge:
    """The right edge of a log that is being written: the partial tile of every level, and the root over all."""

    size: int = 0
    rows: list[list[bytes]] = field(default_factory=list)
    _range: CompactRange = field(init=False)

    def __post_init__(self) -> None:
        """Take up a log of `size` leaves where it ended; `rows` are its partial tiles, level 0 first."""
        counts, count = [], self.size
        while count:
            counts.append(count % WIDTH)
            count //= WIDTH
        if [len(row) for row in self.rows] != counts:
            raise ValueError("the partial tiles do not belong to a log of this size")
        nodes: list[bytes] = []
        for row in reversed(self.rows):
            start = 0
            for bit in range(HEIGHT - 1, -1, -1):
                if len(row) >> bit & 1:
                    nodes.append(root_of(row[start : start + (1 << bit)]))
                    start += 1 << bit
        self._range = CompactRange(self.size, nodes)

    def append(self, leaf: bytes) -> list[Tile]:
        """Add one leaf hash; gives the tiles that became complete."""
        filled = []
        for height, item in self._range.append(leaf):
            level, below = divmod(height, HEIGHT)
            if below:
                continue
            if level == len(self.rows):
                self.rows.append([])
            row = self.rows[level]
            row.append(item)
            if len(row) == WIDTH:
                index = (self.size >> HEIGHT * level) // WIDTH
                filled.append(Tile(level, index, tuple(row)))
                row.clear()
        self.size += 1
        return filled

    def root(self) -> bytes:
        return self._range.root()
