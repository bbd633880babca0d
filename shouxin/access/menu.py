"""This app's lines in the menu and cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.access.clients import queries as clients
from shouxin.access.duties_and_rights import queries as duties_and_rights
from shouxin.access.emergency import queries as emergency
from shouxin.access.grants import queries
from shouxin.access.highrisk import queries as highrisk
from shouxin.access.highrisk import views as highrisk_views
from shouxin.access.reviews import presenting as review_words
from shouxin.access.reviews import queries as reviews
from shouxin.access.secrets import queries as secrets
from shouxin.access.sync import queries as sync
from shouxin.access.webhooks import queries as webhooks
from shouxin.core.policy import Actor, Permission
from shouxin.kit import clock, menu, workbench

menu.register(
    menu.MenuEntry(
        group="access",
        title=_("常设用数授权"),
        url_name="access:grants",
        permissions=frozenset({Permission.ACCESS_GRANT_READ.value}),
        icon="key",
        order=10,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="grants-awaiting",
        title=_("待我审批的用数授权"),
        count=lambda actor: queries.awaiting(actor).count(),
        url_name="access:grants",
        permission=Permission.ACCESS_GRANT_APPROVE.value,
        query="state=awaiting",
        order=10,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("接口客户端"),
        url_name="access:clients",
        permissions=frozenset({Permission.API_CLIENT_READ.value}),
        icon="api",
        order=20,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="api-clients-awaiting",
        title=_("待我审批的接口客户端"),
        count=lambda actor: clients.awaiting(actor).count(),
        url_name="access:clients",
        permission=Permission.API_CLIENT_APPROVE.value,
        query="state=awaiting",
        order=11,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("权限复核"),
        url_name="access:reviews",
        permissions=frozenset({Permission.ACCESS_REVIEW_READ.value}),
        icon="fact_check",
        order=30,
    )
)


def _time_left(actor: Actor) -> str:
    lines = reviews.awaiting(actor)
    return review_words.remaining(lines[0].review.due_at, clock.now()) if lines else ""


workbench.register(
    workbench.WorkbenchCard(
        key="rights-to-review",
        title=_("待我复核的权限"),
        count=lambda actor: len(reviews.awaiting(actor)),
        url_name="access:reviews",
        permission=Permission.ACCESS_REVIEW_CONFIRM.value,
        query="state=awaiting",
        order=12,
        note=_time_left,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("推送地址"),
        url_name="access:webhooks",
        permissions=frozenset({Permission.API_CLIENT_READ.value}),
        icon="webhook",
        order=21,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="webhooks-awaiting",
        title=_("待我审批的推送地址"),
        count=lambda actor: webhooks.awaiting(actor).count(),
        url_name="access:webhooks",
        permission=Permission.API_CLIENT_APPROVE.value,
        query="state=awaiting",
        order=12,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="webhooks-disabled",
        title=_("自动停用的推送地址"),
        count=lambda actor: webhooks.disabled(actor).count(),
        url_name="access:webhooks",
        permission=Permission.API_CLIENT_READ.value,
        query="state=disabled",
        order=40,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("同步记录"),
        url_name="access:sync",
        permissions=frozenset({Permission.API_CLIENT_READ.value}),
        icon="sync",
        order=22,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="sync-late",
        title=_("超过 24 小时未确认的客户变更"),
        count=lambda actor: sync.changes(actor, state=sync.LATE, now=clock.now()).count(),
        url_name="access:sync",
        permission=Permission.API_CLIENT_READ.value,
        query="state=late",
        order=41,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("应急访问"),
        url_name="access:emergencies",
        permissions=frozenset({Permission.ACCESS_EMERGENCY_READ.value}),
        icon="e911_emergency",
        order=15,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="emergency-awaiting",
        title=_("应急访问：告警与待我复核"),
        count=emergency.awaiting_count,
        url_name="access:emergencies",
        permission=Permission.ACCESS_EMERGENCY_REVIEW.value,
        query="state=awaiting",
        order=1,
        urgent=True,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="emergency-overdue",
        title=_("逾期未复核的应急访问"),
        count=emergency.overdue_count,
        url_name="access:emergencies",
        permission=Permission.ACCESS_EMERGENCY_LIFT.value,
        query="state=overdue",
        order=2,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("高风险"),
        url_name="access:risks",
        permissions=frozenset({Permission.RISK_MARK_READ.value}),
        icon="gpp_maybe",
        order=40,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="risk-awaiting",
        title=_("待我审批的高风险标记"),
        count=lambda actor: highrisk.awaiting(actor).count(),
        url_name="access:risks",
        permission=Permission.RISK_MARK_APPROVE.value,
        query="state=awaiting",
        order=12,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="risk-alerts",
        title=_("高风险查看提醒"),
        count=lambda actor: highrisk.unseen(actor).count(),
        url_name="access:risk_alerts",
        permission=Permission.RISK_MARK_APPROVE.value,
        query="state=new",
        order=13,
        urgent=True,
    )
)
highrisk_views.register_panels()
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("商业秘密名录"),
        url_name="access:secrets",
        permissions=frozenset({Permission.ACCESS_NAMED_READ.value}),
        icon="lock",
        order=25,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="secret-readers-awaiting",
        title=_("待我审批的商业秘密列名"),
        count=lambda actor: len(secrets.awaiting(actor)),
        url_name="access:secrets",
        permission=Permission.ACCESS_NAMED_APPROVE.value,
        query="state=awaiting",
        order=13,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("职责与权限对照"),
        url_name="access:duties_table",
        permissions=frozenset({Permission.ACCESS_REVIEW_READ.value}),
        icon="compare_arrows",
        order=35,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="departments-without-responsible",
        title=_("没有责任人的部门"),
        count=duties_and_rights.without_responsible,
        url_name="access:scope_report",
        permission=Permission.ACCESS_REVIEW_CONFIRM.value,
        order=81,
    )
)
