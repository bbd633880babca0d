"""Pure rules of the published lists: what makes two rows the same entry, and what is different between two versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
# By what an entry is recognised in the next version; whatever else a row says may change.
NAMED_BY: Mapping[str, Sequence[str]] = {
    "collected": ("category", "purpose"),
    "shared": ("recipient", "direction", "purpose"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that came, went or says something else: `before` and `after`, each where there is one."""

    before: Row | None
    after: Row | None
    columns: Sequence[str] = ()  # of a changed one, those that differ

    @property
    def what(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def differences(kind: str, before: Sequence[Row], after: Sequence[Row]) -> list[Difference]:
    """What changed, in the order of the later version; what went stands at the end."""
    earlier, later = _by_name(kind, before), _by_name(kind, after)
    found = []
    for name, row in later.items():
        known = earlier.get(name)
        if known is None:
            found.append(Difference(None, row))
        elif columns := [column for column in row if known.get(column) != row[column]]:
            found.append(Difference(known, row, columns))
    return found + [Difference(row, None) for name, row in earlier.items() if name not in later]


def _by_name(kind: str, rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    """Entries of one name are told apart by their order."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        name = tuple(row[column] for column in NAMED_BY[kind])
        turn = 0
        while (*name, turn) in found:
            turn += 1
        found[*name, turn] = row
    return found
