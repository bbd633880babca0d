"""Keys in words: how far a re-encryption is, which backups still need an outdated suite."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.kit import backups
from shouxin.kit.detail import Standing, Verb
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


def standing(status: KeyStatus) -> Standing:
    """Where the keys stand, and what of them waits for somebody."""
    if status.provider is None:
        return Standing("bad", _("密钥服务不可用"), _("密文现在打不开也存不进"))
    states = {one.state for one in status.roots}
    if states & {"prepared", "retiring"}:
        return Standing("warn", _("密钥服务正常"), _("根密钥正在轮换"))
    if "destroying" in states:
        return Standing("warn", _("密钥服务正常"), _("旧根密钥的销毁没有做完"))
    if "retired" in states:
        return Standing("ok", _("密钥服务正常"), _("有旧根密钥待销毁"))
    return Standing("ok", _("密钥服务正常"))


def verbs(status: KeyStatus, *, may_rotate: bool) -> list[Verb]:
    """What can be done with the keys here; what is done elsewhere, or by others, says where and by whom."""
    rotate = _("轮换密钥")
    if not may_rotate:
        first = Verb(rotate, why=_("由安全管理员轮换。"))
    elif status.provider is None:
        first = Verb(rotate, why=_("密钥服务不可用。"), way=_("请先恢复密钥服务。"))
    else:
        first = Verb(
            rotate,
            post=reverse("vault:rotate"),
            style="primary",
            confirm=_("开始轮换纪元密钥吗？在后台进行，不影响使用。"),
        )
    way = _("在服务器上运行 shouxin keys rotate --root。")
    return [first, Verb(_("轮换根密钥"), why=_("不能在网页上进行。"), way=way)]
