"""Going over a whole log: is every entry the one that was sealed, and every root the one that was signed?

The walk takes the log tile by tile and keeps only the right edge of the tree, so a log of any length is checked in
the same memory. What is wrong is named: the first place, the entry there, and what was done to it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shouxin.core.ledger.tiles import Edge, Tile
from shouxin.core.text import Text


class What(StrEnum):
    """What was done to a log."""

    ALTERED = "altered"
    REMOVED = "removed"
    ADDED = "added"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    TILE = "tile"
    CHECKPOINT = "checkpoint"


_SENTENCES = {
    What.ALTERED: Text("序号 {first} 的日志条目被改动", "the entry at index {first} was altered"),
    What.REMOVED: Text("序号 {first} 的日志条目被删除", "the entry at index {first} was removed"),
    What.ADDED: Text(
        "序号 {first} 处多出一条未曾封存的日志条目", "an entry never sealed stands at index {first}"
    ),
    What.REORDERED: Text(
        "自序号 {first} 起日志条目的次序被调换", "entries were reordered from index {first} on"
    ),
    What.TRUNCATED: Text("自序号 {first} 起的日志条目被截去", "entries from index {first} on were cut off"),
    What.REWRITTEN: Text(
        "序号 {first} 至 {last} 的日志条目中有被改写的: 与已签署的检查点不符",
        "among entries {first} to {last} history was rewritten: a signed checkpoint contradicts them",
    ),
    What.TILE: Text(
        "序号 {first} 处存储的哈希块被改动或缺失",
        "the stored tile at index {first} was altered or is missing",
    ),
    What.CHECKPOINT: Text("检查点 {source} 无效: {detail}", "checkpoint {source} is not valid: {detail}"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `first` and `last` are indexes of entries, `entry` the id of the first if known."""

    what: What
    first: int | None = None
    last: int | None = None
    entry: UUID | None = None
    source: str = ""
    detail: str = ""

    @property
    def message(self) -> Text:
        known = {"first": self.first, "last": self.last, "source": self.source, "detail": self.detail}
        text = _SENTENCES[self.what].filled(**known)
        if self.entry is None:
            return text
        return Text(f"{text.zh} (条目编号 {self.entry})", f"{text.en} (entry {self.entry})")


@dataclass(frozen=True, slots=True)
class Row:
    """One place of the log. `sealed` is the leaf hash the log has, `actual` that of the bytes now there.

    `id` and `sealed` are None when the place itself is gone, `actual` when the entry is. `faithful` is False when
    what is shown beside the bytes does not repeat them.
    """

    index: int
    id: UUID | None
    sealed: bytes | None
    actual: bytes | None
    faithful: bool = True


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's signed word that the log of `size` entries had `root`."""

    source: str
    size: int
    root: bytes


Locate = Callable[[bytes], bool]


def judge(*, wanted_is_there: bool, found_was_sealed: bool) -> What:
    """What happened at a place where another entry stands than was sealed there.

    `wanted_is_there`: the entry sealed here stands elsewhere in the log now; `found_was_sealed`: the entry that
    stands here was sealed elsewhere.
    """
    if wanted_is_there:
        return What.REORDERED if found_was_sealed else What.ADDED
    return What.REMOVED if found_was_sealed else What.ALTERED


class Walk:
    """The state of going over one log from its first entry on."""

    def __init__(self, *, stands_now: Locate, was_sealed: Locate) -> None:
        """`stands_now(hash)` tells whether some present entry has that leaf hash, `was_sealed(hash)` whether one
        was sealed; both are asked only when something is wrong, to say what."""
        self._edge = Edge()
        self._agreed = 0  # the largest size at which a signed root was met
        self._stands_now = stands_now
        self._was_sealed = was_sealed

    @property
    def size(self) -> int:
        return self._edge.size

    def root(self) -> bytes:
        return self._edge.root()

    def step(
        self, rows: Sequence[Row], kept: Sequence[bytes], claims: Iterable[Claim]
    ) -> tuple[Finding | None, list[Tile]]:
        """Go over the next places; `kept` are the hashes kept elsewhere for them, as many as there are.

        Gives the first thing wrong, if any, and the tiles that the places completed, for comparing.
        """
        by_size: dict[int, list[Claim]] = {}
        for claim in claims:
            by_size.setdefault(claim.size, []).append(claim)
        tiles: list[Tile] = []
        for at, row in enumerate(rows):
            wanted = kept[at] if at < len(kept) else row.sealed
            if wanted is None or row.actual != wanted or row.sealed != wanted or not row.faithful:
                return self._located(row, wanted), tiles
            tiles += self._edge.append(wanted)
            for claim in by_size.get(self._edge.size, ()):
                contradicted = self._compare(claim)
                if contradicted:
                    return contradicted, tiles
        return None, tiles

    def finish(self, claims: Iterable[Claim]) -> Finding | None:
        """After the last place: no claim may speak of more entries than there are."""
        longer = max(claims, key=lambda claim: claim.size, default=None)
        if longer is not None and longer.size > self.size:
            return Finding(What.TRUNCATED, first=self.size, last=longer.size - 1, source=longer.source)
        return None

    def _compare(self, claim: Claim) -> Finding | None:
        if claim.root == self._edge.root():
            self._agreed = claim.size
            return None
        return Finding(What.REWRITTEN, first=self._agreed, last=claim.size - 1, source=claim.source)

    def _located(self, row: Row, wanted: bytes | None) -> Finding:
        if row.actual is None or wanted is None:
            return Finding(What.REMOVED, first=row.index, entry=row.id)
        if row.actual == wanted:
            # The bytes are right; their place in the log or what is shown beside them is not.
            return Finding(What.ALTERED, first=row.index, entry=row.id)
        what = judge(
            wanted_is_there=self._stands_now(wanted),
            found_was_sealed=self._was_sealed(row.actual),
        )
        return Finding(what, first=row.index, entry=None if what is What.REMOVED else row.id)
