"""Keys in words: how far a re-encryption is, which backups still need an outdated suite."""

from dataclasses import dataclass

from shouxin.kit import backups
from shouxin.vault.models import AlgorithmStatus, ChangeState, SuiteChange
from shouxin.vault.queries import KeyStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a confirmed change: groups done so far, of how many."""

    done: int
    groups: int


def progress_of(status: KeyStatus, change: SuiteChange) -> Progress | None:
    """None for a change that was not confirmed."""
    if change.state != ChangeState.CONFIRMED:
        return None
    left = next((one.groups for one in status.algorithms if one.suite == change.suite), 0)
    groups = max(change.groups, left)
    return Progress(groups - left, groups)


def dependent_backups(status: KeyStatus) -> list[backups.Backup]:
    """Backups that can only be restored while an outdated suite is still understood."""
    outdated = {one.suite for one in status.algorithms if one.status == AlgorithmStatus.OUTDATED}
    return backups.depending_on(frozenset(outdated))
