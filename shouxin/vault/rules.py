"""The life of a storage group: which state may follow which. The database's trigger holds the same table."""

from collections.abc import Mapping

from shouxin.core.policy import GroupState

# TRANSFERRED and ANONYMISED are reserved: no step leads there yet.
NEXT: Mapping[GroupState, frozenset[GroupState]] = {
    GroupState.COLLECTED: frozenset({GroupState.IN_USE, GroupState.LOCKED, GroupState.DESTROYED}),
    GroupState.IN_USE: frozenset({GroupState.LOCKED, GroupState.DESTROYED}),
    GroupState.LOCKED: frozenset({GroupState.IN_USE, GroupState.DESTROYED}),
    GroupState.DESTROYED: frozenset(),
    GroupState.TRANSFERRED: frozenset(),
    GroupState.ANONYMISED: frozenset(),
}

WRITABLE = frozenset({GroupState.COLLECTED, GroupState.IN_USE})
# Locked is storage and protection only (PIPL 47): maintenance may re-encrypt, nobody may look.
READABLE = WRITABLE


def may_follow(before: GroupState, after: GroupState) -> bool:
    """Whether a group in state `before` may step to `after`."""
    return after in NEXT[before]
