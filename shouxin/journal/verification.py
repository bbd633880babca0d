"""The whole journal in the database against its tree, its checkpoints, and what is kept outside the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shouxin.core.ledger.checkpoint import VerifyingKey, open_note
from shouxin.core.ledger.entry import VERSION, heads, moment
from shouxin.core.ledger.errors import CheckpointError, EntryError, TileError
from shouxin.core.ledger.tiles import WIDTH, Edge, Tile, join_hashes, tile_path
from shouxin.core.ledger.tree import EMPTY_ROOT, leaf_hash
from shouxin.core.ledger.verify import Claim, Finding, Row, Walk, What
from shouxin.journal.outside import Outside
from shouxin.journal.rows import fetch

SPAN = 16 * WIDTH  # places read in one statement

_ROWS = """
    SELECT l.index, l.entry_id, l.leaf_hash, e.at, e.event, e.actor, e.customer, e.purpose, e.body
    FROM journal_leaf l LEFT JOIN journal_entry e ON e.id = l.entry_id
    WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""
_SIZES = """
    SELECT coalesce((SELECT max(index) + 1 FROM journal_leaf), 0),
           coalesce((SELECT max(size) FROM journal_checkpoint), 0),
           (SELECT count(*) FROM journal_entry e
            WHERE NOT EXISTS (SELECT 1 FROM journal_leaf l WHERE l.entry_id = e.id))
"""


@dataclass(slots=True)
class Report:
    """What verification found. `size` entries were proved with the tree hash `root` if there are no findings."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    checkpoints: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The first entry that is wrong, or else the first other thing."""
        placed = [found for found in self.findings if found.first is not None]
        return min(placed, key=lambda found: found.first or 0) if placed else next(iter(self.findings), None)


class Verification:
    """One run. Reads in spans, so that memory does not grow with the journal; takes no lock."""

    def __init__(
        self,
        *,
        data: Path,
        key: VerifyingKey,
        handed_out: Sequence[tuple[str, str]] = (),
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        """`handed_out` are (name, signed note) of checkpoints that somebody has kept; `progress` is told after every
        span how many entries are done, and may end the run by raising."""
        self._progress = progress
        self._key = key
        self._outside = Outside(data)
        self._report = Report()
        self._claims: list[Claim] = []
        for source, note in (*self._outside.notes(), *handed_out):
            self._claim(source, note)
        self._kept = self._readable_outside()
        self._walk = self._new_walk()

    def run(self) -> Report:
        leaves, signed, self._report.waiting = fetch(_SIZES)[0]
        found = self._go_over(leaves)
        if found and self._kept and found.what is not What.TILE and not self._outside_is_signed():
            # The copy is what was spoiled: say so, and judge the database by the rest.
            self._report.findings.append(Finding(What.TILE, first=found.first, source="ledger/tile/0"))
            self._kept, self._walk = 0, self._new_walk()
            found = self._go_over(leaves)
        if found is None and leaves < signed:
            found = Finding(What.TRUNCATED, first=leaves, last=signed - 1, source="journal_checkpoint")
        if found is None and signed < leaves:
            found = Finding(What.ADDED, first=signed)
        found = found or self._walk.finish(self._claims)
        if found:
            self._report.findings.append(found)
        self._report.size, self._report.root = self._walk.size, self._walk.root()
        return self._report

    def _new_walk(self) -> Walk:
        return Walk(stands_now=self._stands_now, was_sealed=self._was_sealed)

    def _outside_is_signed(self) -> bool:
        """Do the hashes kept outside have the root that was signed for them?"""
        grown = Edge()
        for tile in range(-(-self._kept // WIDTH)):
            for kept in self._hashes_of(tile):
                grown.append(kept)
        return any((grown.size, grown.root()) == (claim.size, claim.root) for claim in self._claims)

    def _go_over(self, size: int) -> Finding | None:
        for start in range(0, size, SPAN):
            end = min(start + SPAN, size)
            claims = [claim for claim in self._claims if start < claim.size <= end]
            claims += self._database_claims(start, end)
            found, tiles = self._walk.step(self._rows(start, end), self._outside_hashes(start, end), claims)
            found = found or self._compare_tiles(tiles)
            if found:
                return found
            self._progress(end, size)
        return None

    def _rows(self, start: int, end: int) -> list[Row]:
        found = {row[0]: row for row in fetch(_ROWS, [start, end])}
        return [_row(index, found.get(index)) for index in range(start, end)]

    def _outside_hashes(self, start: int, end: int) -> list[bytes]:
        hashes: list[bytes] = []
        for tile in range(start // WIDTH, -(-min(end, self._kept) // WIDTH)):
            kept = self._hashes_of(tile)
            if not kept:
                self._note_missing(tile)
                break
            hashes += kept
        return hashes

    def _hashes_of(self, tile: int) -> list[bytes]:
        try:
            return self._outside.hashes(tile, self._kept)
        except TileError:
            return []

    def _note_missing(self, tile: int) -> None:
        self._report.findings.append(Finding(What.TILE, first=tile * WIDTH, source=tile_path(0, tile)))
        self._kept = tile * WIDTH  # what lies behind the hole is not asked any more

    def _database_claims(self, start: int, end: int) -> list[Claim]:
        query = "SELECT size, root, note FROM journal_checkpoint WHERE size > %s AND size <= %s ORDER BY size"
        claims = []
        for size, root, note in fetch(query, [start, end]):
            source = f"journal_checkpoint {size}"
            claim = self._open(source, note)
            if claim and (claim.size, claim.root) != (size, root):
                self._wrong(source, "the note says something else than its row")
            elif claim:
                claims.append(claim)
        return claims

    def _claim(self, source: str, note: str) -> None:
        claim = self._open(source, note)
        if claim:
            self._claims.append(claim)

    def _open(self, source: str, note: str) -> Claim | None:
        self._report.checkpoints += 1
        try:
            opened = open_note(note, self._key)
        except CheckpointError as error:
            self._wrong(source, str(error))
            return None
        return Claim(source, opened.size, opened.root)

    def _wrong(self, source: str, detail: str) -> None:
        self._report.findings.append(Finding(What.CHECKPOINT, source=source, detail=detail))

    def _compare_tiles(self, tiles: Sequence[Tile]) -> Finding | None:
        paths = [tile_path(tile.level, tile.index) for tile in tiles]
        stored = dict(fetch("SELECT path, hashes FROM journal_tile WHERE path = ANY(%s)", [paths]))
        for path, tile in zip(paths, tiles, strict=True):
            if stored.get(path) != join_hashes(tile.hashes):
                return Finding(What.TILE, first=tile.index << 8 * (tile.level + 1), source=path)
        return None

    def _readable_outside(self) -> int:
        try:
            return self._outside.size(self._key)
        except CheckpointError:
            return 0

    def _stands_now(self, wanted: bytes) -> bool:
        query = "SELECT 1 FROM journal_entry WHERE sha256('\\x00'::bytea || body) = %s LIMIT 1"
        return bool(fetch(query, [wanted]))

    def _was_sealed(self, found: bytes) -> bool:
        if self._kept:
            return any(found in self._hashes_of(tile) for tile in range(-(-self._kept // WIDTH)))
        return bool(fetch("SELECT 1 FROM journal_leaf WHERE leaf_hash = %s LIMIT 1", [found]))


def _row(index: int, found: tuple[Any, ...] | None) -> Row:
    if found is None:
        return Row(index, None, None, None)
    _, entry_id, sealed, at, event, actor, customer, purpose, body = found
    if body is None:
        return Row(index, entry_id, sealed, None)
    try:
        repeated = (
            heads(body) == (entry_id, moment(at), event, actor, customer, purpose) and body[:1] == VERSION
        )
    except EntryError:
        repeated = False
    return Row(index, entry_id, sealed, leaf_hash(body), repeated)
