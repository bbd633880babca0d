"""What is chosen on the pages of duplicates; nothing here saves."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from shouxin.customers.duplicates.models import SuspectedPair
from shouxin.customers.duplicates.queries import Filters

CONFIRMATIONS = frozenset({"合并", "merge", "Merge", "MERGE"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Who stands, who is merged into them, at which revisions, and the fields taken from the one merged."""

    survivor: UUID
    absorbed: UUID
    revisions: tuple[int, int]
    fields: tuple[str, ...]


def choice(pair: SuspectedPair, data: Mapping[str, str]) -> Choice | None:
    """What a steward chose for this pair; None when it names no side of it."""
    sides = {"one": pair.customer_id, "other": pair.other_id}
    stands = data.get("survivor", "")
    if stands not in sides:
        return None
    gone = "other" if stands == "one" else "one"
    try:
        revisions = {side: int(data.get(f"revision-{side}", "")) for side in sides}
    except ValueError:
        return None
    taken = tuple(
        sorted(
            key.removeprefix("take-")
            for key, side in data.items()
            if key.startswith("take-") and side == gone
        )
    )
    return Choice(sides[stands], sides[gone], (revisions[stands], revisions[gone]), taken)


def is_confirmed(text: str) -> bool:
    """Whether the word that confirms was typed."""
    return text.strip() in CONFIRMATIONS


def filters(data: Mapping[str, str]) -> Filters:
    """What the list is narrowed to; nonsense narrows nothing."""
    try:
        least = float(data.get("least", "") or 0)
    except ValueError:
        least = 0.0
    return Filters(data.get("state", ""), data.get("reason", ""), min(max(least, 0.0), 1.0))
