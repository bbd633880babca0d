"""The vault's line in the menu and its card on the workbench."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shouxin.core.crypto.suites import suite_of
from shouxin.core.policy import Actor, Permission
from shouxin.kit import menu, workbench
from shouxin.vault.models import ChangeState, SuiteChange

menu.register(
    menu.MenuEntry(
        group="operations",
        title=_("密钥与算法"),
        url_name="vault:keys",
        permissions=frozenset({Permission.VAULT_KEY_READ.value}),
        icon="encrypted",
        order=20,
        text=_("密钥的状态、轮换和加密算法。"),
    )
)
menu.register(
    menu.MenuEntry(
        group="operations",
        title=_("密文检索索引"),
        url_name="vault:index",
        permissions=frozenset({Permission.VAULT_KEY_READ.value}),
        icon="manage_search",
        order=21,
        text=_("不解密也能查找所用的索引，以及重建进度。"),
        under="vault:keys",
    )
)


def _waiting(actor: Actor) -> QuerySet[SuiteChange]:
    waiting = SuiteChange.objects.filter(state=ChangeState.PROPOSED).exclude(proposed_by_id=actor.id)
    return waiting.select_related("proposed_by")


def _line(row: SuiteChange) -> workbench.Line:
    what = f"{suite_of(row.suite).name} → {suite_of(row.successor).name}"
    return workbench.Line(what, row.proposed_by.display_name, since=row.proposed_at)


workbench.register(
    workbench.WorkbenchCard(
        key="suite-changes",
        title=_("待我确认的算法变更"),
        rows=_waiting,
        url_name="vault:keys",
        permission=Permission.VAULT_SUITE_CONFIRM.value,
        order=14,
        section=workbench.Section.APPROVE,
        line=_line,
        verb=_("确认"),
    )
)
