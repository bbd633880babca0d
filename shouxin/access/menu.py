"""This app's lines in the menu and cards on the workbench."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from shouxin.access import lines
from shouxin.access.clients import queries as clients
from shouxin.access.duties_and_rights import queries as duties_and_rights
from shouxin.access.emergency import queries as emergency
from shouxin.access.grants import presenting as grants_presenting
from shouxin.access.grants import queries as grants
from shouxin.access.highrisk import queries as highrisk
from shouxin.access.highrisk import views as highrisk_views
from shouxin.access.reviews import presenting as review_words
from shouxin.access.reviews import queries as reviews
from shouxin.access.secrets import queries as secrets
from shouxin.access.sync import queries as sync
from shouxin.access.webhooks import queries as webhooks
from shouxin.core.policy import Actor, Permission
from shouxin.kit import clock, menu, panels, workbench

P = Permission
for _group, _title, _url, _permission, _icon, _order, _text, _under in (
    (
        "access",
        _("常设用数授权"),
        "grants",
        P.ACCESS_GRANT_READ,
        "key",
        10,
        _("谁可以看哪些明文，为什么，到什么时候。"),
        "",
    ),
    (
        "access",
        _("应急访问"),
        "emergencies",
        P.ACCESS_EMERGENCY_READ,
        "e911_emergency",
        15,
        _("紧急时短时打开的明文，每一次都要复核。"),
        "",
    ),
    (
        "access",
        _("接口客户端"),
        "clients",
        P.API_CLIENT_READ,
        "api",
        20,
        _("哪些系统可以经接口读写哪些字段，令牌到何时。"),
        "",
    ),
    (
        "access",
        _("推送地址"),
        "webhooks",
        P.API_CLIENT_READ,
        "webhook",
        21,
        _("有事时通知哪些系统，送达情况如何。"),
        "access:clients",
    ),
    (
        "access",
        _("同步记录"),
        "sync",
        P.API_CLIENT_READ,
        "sync",
        22,
        _("各系统是否已收到客户的更正和删除。"),
        "access:clients",
    ),
    (
        "access",
        _("商业秘密名录"),
        "secrets",
        P.ACCESS_NAMED_READ,
        "lock",
        25,
        _("列为商业秘密的信息，以及列名可看的人。"),
        "",
    ),
    (
        "proof",
        _("权限复核"),
        "reviews",
        P.ACCESS_REVIEW_READ,
        "fact_check",
        30,
        _("每季度逐人确认：这些权限还需要吗。"),
        "",
    ),
    (
        "proof",
        _("职责与权限对照"),
        "duties_table",
        P.ACCESS_REVIEW_READ,
        "compare_arrows",
        35,
        _("书面职责与实际权限逐条对照，多了少了都标出。"),
        "",
    ),
    (
        "proof",
        _("账本凭证"),
        "ledger_tokens",
        P.JOURNAL_LEDGER_VERIFY,
        "account_tree",
        25,
        _("哪些审计程序可以逐块读取账本，到什么时候。"),
        "journal:entries",
    ),
    (
        "access",
        _("高风险"),
        "risks",
        P.RISK_MARK_READ,
        "gpp_maybe",
        40,
        _("标为高风险的客户，以及看过他们的人。"),
        "",
    ),
):
    menu.register(
        menu.MenuEntry(
            _group,
            _title,
            f"access:{_url}",
            frozenset({_permission.value}),
            _icon,
            _order,
            text=_text,
            under=_under,
        )
    )


S, Card = workbench.Section, workbench.WorkbenchCard


def _awaiting(
    listed: str,
    title: Any,
    rows: Callable[[Actor], workbench.Rows],
    permission: P,
    order: int,
    line: Callable[[Any], workbench.Line],
    *,
    note: Callable[[Actor], str] | None = None,
    verb: Any = "",
    urgent: bool = False,
) -> None:
    """A card for what waits for the reader in one list."""
    workbench.register(
        Card(
            f"{listed}-awaiting",
            title,
            rows,
            f"access:{listed}",
            permission.value,
            "state=awaiting",
            order,
            note,
            urgent,
            S.APPROVE,
            line,
            verb,
        )
    )


def _lines_left(actor: Actor) -> str:
    lines = reviews.awaiting(actor)
    soonest = lines.first()
    if soonest is None:
        return ""
    number = lines.order_by()[: workbench.MOST + 1].count()
    return review_words.lines_left(number, soonest.review.due_at, clock.now())


_awaiting(
    "emergencies",
    _("应急访问：告警与待我复核"),
    emergency.awaiting,
    P.ACCESS_EMERGENCY_REVIEW,
    1,
    lines.emergency,
    verb=_("复核"),
    urgent=True,
)
_awaiting("grants", _("待我审批的用数授权"), grants.awaiting, P.ACCESS_GRANT_APPROVE, 10, lines.grant)
_awaiting("clients", _("待我审批的接口客户端"), clients.awaiting, P.API_CLIENT_APPROVE, 11, lines.client)
_awaiting(
    "reviews",
    _("待我复核的权限"),
    reviews.reviews_awaiting,
    P.ACCESS_REVIEW_CONFIRM,
    12,
    lines.review,
    note=_lines_left,
    verb=_("复核"),
)
_awaiting("webhooks", _("待我审批的推送地址"), webhooks.awaiting, P.API_CLIENT_APPROVE, 12, lines.endpoint)
_awaiting("risks", _("待我审批的高风险标记"), highrisk.awaiting, P.RISK_MARK_APPROVE, 12, lines.risk)
_awaiting("secrets", _("待我审批的商业秘密列名"), secrets.awaiting, P.ACCESS_NAMED_APPROVE, 13, lines.secret)
for _card in (
    Card(
        "emergency-overdue",
        _("逾期未复核的应急访问"),
        lambda actor: emergency.overdue(actor, clock.now()),
        "access:emergencies",
        P.ACCESS_EMERGENCY_LIFT.value,
        "state=overdue",
        2,
        section=S.WATCH,
        line=lines.emergency,
    ),
    Card(
        "risk-alerts",
        _("高风险查看提醒"),
        highrisk.unseen,
        "access:risk_alerts",
        P.RISK_MARK_APPROVE.value,
        "state=new",
        13,
        urgent=True,
        section=S.WATCH,
        line=lines.alert,
    ),
    Card(
        "webhooks-disabled",
        _("自动停用的推送地址"),
        webhooks.disabled,
        "access:webhooks",
        P.API_CLIENT_READ.value,
        "state=disabled",
        40,
        section=S.WATCH,
        line=lines.endpoint,
    ),
    Card(
        "sync-late",
        _("超过 24 小时未确认的客户变更"),
        lambda actor: sync.changes(actor, state=sync.LATE, now=clock.now()),
        "access:sync",
        P.API_CLIENT_READ.value,
        "state=late",
        41,
        section=S.WATCH,
        line=lines.change,
    ),
    Card(
        "departments-without-responsible",
        _("没有责任人的部门"),
        duties_and_rights.without_responsible,
        "access:scope_report",
        P.ACCESS_REVIEW_CONFIRM.value,
        order=81,
        section=S.WATCH,
        line=lines.department,
    ),
    Card(
        "grants-ending",
        _("即将到期的用数授权"),
        lambda actor: grants.ending(actor, clock.now()),
        "access:grants",
        P.ACCESS_GRANT_READ.value,
        "state=ending",
        72,
        section=S.ENDING,
        line=lines.ending_grant,
        team=workbench.TeamRows(
            lambda actor: grants.ending(actor, clock.now(), team=True), "state=ending_team"
        ),
    ),
    Card(
        "clients-ending",
        _("即将到期的接口客户端"),
        lambda actor: clients.ending(actor, clock.now()),
        "access:clients",
        P.API_CLIENT_READ.value,
        "state=ending",
        73,
        section=S.ENDING,
        line=lines.ending_client,
    ),
    Card(
        "grants-mine",
        _("我申请的用数授权，等待审批"),
        grants.asked_by,
        "access:grants",
        P.ACCESS_GRANT_PROPOSE.value,
        "state=mine",
        80,
        section=S.MINE,
        line=lines.grant,
    ),
    Card(
        "clients-mine",
        _("我申请的接口客户端，等待审批"),
        clients.asked_by,
        "access:clients",
        P.API_CLIENT_CREATE.value,
        "state=mine",
        84,
        section=S.MINE,
        line=lines.client,
    ),
    Card(
        "risks-mine",
        _("我提出的高风险标记，等待审批"),
        highrisk.asked_by,
        "access:risks",
        P.RISK_MARK_PROPOSE.value,
        "state=mine",
        85,
        section=S.MINE,
        line=lines.risk,
    ),
    Card(
        "emergencies-mine",
        _("我的应急访问，等待复核"),
        emergency.own_unreviewed,
        "access:emergencies",
        P.ACCESS_EMERGENCY_OPEN.value,
        "state=mine",
        86,
        section=S.MINE,
        line=lines.emergency,
    ),
):
    workbench.register(_card)
highrisk_views.register_panels()
panels.register(
    panels.Panel("grants.left", "customer.revealed", "grants/left.html", grants_presenting.reads_left)
)
