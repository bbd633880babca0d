"""Keys in words: how far a re-encryption is, which backups still need an outdated suite."""

from dataclasses import dataclass

from shouxin.kit import backups
from shouxin.vault.models import AlgorithmStatus, ChangeState, RootState, SuiteChange
from shouxin.vault.queries import KeyStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a confirmed change: storage groups, small secrets and owners of parcels done so far, of how many."""

    done: int
    groups: int


def progress_of(status: KeyStatus, change: SuiteChange) -> Progress | None:
    """None for a change that was not confirmed."""
    if change.state != ChangeState.CONFIRMED:
        return None
    left = next((one.values for one in status.algorithms if one.suite == change.suite), 0)
    groups = max(change.groups, left)
    return Progress(groups - left, groups)


def _outdated(status: KeyStatus) -> frozenset[int]:
    return frozenset(one.suite for one in status.algorithms if one.status == AlgorithmStatus.OUTDATED)


def root_is_outdated(status: KeyStatus) -> bool:
    """Whether the root key in use is of an outdated suite: changing it is an act of whoever keeps it."""
    return any(one.state == RootState.CURRENT and one.suite in _outdated(status) for one in status.roots)


def index_is_outdated(status: KeyStatus) -> bool:
    """Whether search tokens are still computed with an outdated suite."""
    return any(one.indexes for one in status.algorithms if one.status == AlgorithmStatus.OUTDATED)


def dependent_backups(status: KeyStatus) -> list[backups.Backup]:
    """Backups that can only be restored while an outdated suite is still understood."""
    return backups.depending_on(_outdated(status))
