"""Data quality in words: lists, the page of verification, the card on a customer's page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Action, Permission, PurposeRule
from shouxin.customers.quality import codes, keeping, queries, review_queries, rules, scoring
from shouxin.customers.quality.models import Later
from shouxin.customers.quality.queries import Due, Whose
from shouxin.customers.registry import presenting
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import CustomerView
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest
from shouxin.people.working_purpose import purpose_of

WHOSE = {
    Whose.MINE: gettext_lazy("我负责的"),
    Whose.SHARED: gettext_lazy("本部门共同负责的"),
    Whose.DEPARTMENT: gettext_lazy("全部门"),
}
KINDS = {"profile": gettext_lazy("客户档案"), "contact": gettext_lazy("联系人")}
PROBLEMS = {
    "nothing.chosen": gettext_lazy("请先勾选。"),
    "method.unknown": gettext_lazy("请选择核实方式。"),
    "method.not-in-bulk": gettext_lazy("这种方式须逐位客户核对，请打开客户的核实页面办理。"),
    "method.needs-contact": gettext_lazy(
        "核对原件或官方登记须看到内容：请先在客户页面开始一次接待，再回来登记。"
    ),
    "value.none": gettext_lazy("所选字段没有内容，或刚被改动；请刷新后重选。"),
    "mail.not-configured": gettext_lazy("没有配置邮件服务，不能发送验证码。"),
    "mail.no-address": gettext_lazy("没有登记可以发送验证码的邮箱。"),
    "mail.settings": gettext_lazy("邮件服务的配置有误，请联系系统管理员（shouxin doctor 会指出）。"),
    "mail.unencrypted": gettext_lazy("邮件服务没有加密，拒绝发送；请联系系统管理员。"),
    "mail.address": gettext_lazy("登记的邮箱无法收信，请向客户核对后修改。"),
    "mail.turned-away": gettext_lazy("邮件服务器拒绝了这封邮件，没有发出；请稍后再试或联系系统管理员。"),
    "mail.unclear": gettext_lazy("邮件服务器没有答复，不知道是否发出；请重新发送。"),
    "mail.held-back": gettext_lazy("这个邮箱被本人否认，或者现在不能向这位客户发送，没有发出；请先核实。"),
    "mail.unreachable": gettext_lazy("连不上邮件服务器，没有发出；请稍后再试或联系系统管理员。"),
    "code.too-many": gettext_lazy("一小时内发送的验证码已到上限，请稍后再试。"),
    "code.none": gettext_lazy("没有您发出的、可以使用的验证码，请重新发送。"),
    "code.over": gettext_lazy("验证码已过期，请重新发送。"),
    "code.wrong": gettext_lazy("验证码不符，或邮箱在发送后被改动。请客户再念一次。"),
    "code.used-up": gettext_lazy("错误次数过多，此验证码已作废；请核对邮箱后重新发送。"),
    "offer.choice": gettext_lazy("请选择决定和理由。"),
    "offer.unknown": gettext_lazy("没有这个待审核的值。"),
    "offer.own": gettext_lazy("这个值是您提交的，采用它须由另一人决定；您可以保留我方的值。"),
    "offer.decided": gettext_lazy("别人刚作出了决定。"),
    "offer.unreadable": gettext_lazy("外部的值校验失败，不能采用。"),
    "supply.incomplete": gettext_lazy("请填写完整，到期日期不能早于生效日期。"),
    "supply.taken": gettext_lazy("合同编号已登记，或该供应方对此目的已有未终止的合同。"),
    "supply.over": gettext_lazy("合同已经终止。"),
    "supply.in-force": gettext_lazy("合同仍然有效，不能移除；请先终止合同。"),
    "supply.typed": gettext_lazy("输入的合同编号不符，没有移除。"),
    "later.reason": gettext_lazy("请选择暂缓原因。"),
    "later.range": gettext_lazy("暂缓日期须在明天到 90 天之间。"),
}


def language() -> str:
    return get_language() or "zh-hans"


def purpose_in(request: StaffRequest) -> PurposeRule | None:
    """The purpose somebody works for."""
    return rulebooks["rulebook"].purpose(purpose_of(request, request.actor))


def names_of(keys: Sequence[str]) -> list[str]:
    """Fields by name."""
    fields = rulebooks["rulebook"].fields()
    return [fields[key].name.in_(language()) if key in fields else key for key in keys]


def due_rows(
    request: StaffRequest, lines: Sequence[Due], purpose: PurposeRule, now: datetime
) -> list[dict[str, Any]]:
    """The lines of a refresh list with the masked names of those that this person may see for the purpose."""
    ids = {line.customer for line in lines}
    rows = list(registry.visible(request.actor).filter(id__in=ids)) if ids else []
    views = (
        registry.masked(actor=request.actor, purpose=purpose.key, rows=rows, action=Action.VIEW, now=now)
        if rows
        else []
    )
    seen = {row["row"].id: row for row in presenting.rows(views)}
    today = clock.today(now)
    return [
        {
            **seen[line.customer],
            "line": line,
            "kind": KINDS[line.kind],
            "fields": names_of(mine),
            "others": len(line.fields) - len(mine),
            "days": (today - line.due_on).days,
            "value": f"{line.customer}:{line.record}:{seen[line.customer]['row'].revision}:{','.join(mine)}",
        }
        for line in lines
        if line.customer in seen
        for mine in [[key for key in line.fields if key in purpose.fields]]
    ]


def verifiable(view: CustomerView, now: datetime) -> list[dict[str, Any]]:
    """Every value of a customer that can be verified, with its mask and how it stands."""
    known = queries.verifications([view.row.id], now)
    checks = presenting.checks(known)
    held = {row.id: rules.read(row.values) for row in queries.standings(view.row.id)}
    parts = [(view.row.id, view.cells, "")]
    parts += [
        (record.id, record.cells, str(KINDS["contact"]))
        for record in view.records
        if record.kind == "contact"
    ]
    return [
        {
            "value": f"{record}:{found.rule.key}",
            "cell": presenting.cell(found),
            "label": f"{label} · {found.rule.name.in_(language())}"
            if label
            else found.rule.name.in_(language()),
            "checked": checks.get((record, found.rule.key)),
            "record": record,
            "key": found.rule.key,
            "mail": codes.is_mail(found.rule),
            "source": _("外部来源") if held[record][found.rule.key].outside else _("内部来源"),
        }
        for record, cells, label in parts
        for found in presenting.in_reading_order(cells)
        if found.rule.key in held.get(record, {})
    ]


def card(request: HttpRequest, customer: Any) -> dict[str, Any] | None:
    """How good this customer's information is for the purpose somebody works for."""
    staff: StaffRequest = request  # type: ignore[assignment] # pages of staff alone have panels
    purpose = purpose_in(staff)
    row = registry.find(staff.actor, customer) if purpose else None
    if purpose is None or row is None:
        return None
    now = clock.now()
    score = scoring.scores(purpose=purpose, customers=[customer], now=now)[customer]
    held = queries.standings(customer)
    paces, today = keeping.chosen(), clock.today(now)
    old = {key for one in held for key in rules.overdue(rules.read(one.values), paces, today)}
    later = max((one.later_until for one in held if one.later_until), default=None)
    return {
        "score": score,
        "missing": names_of(score.missing),
        "old": names_of(sorted({*old, *score.old} & purpose.fields.keys())),
        "later": later if later and later > today else None,
        "later_why": next(
            (Later(one.later_reason).label for one in held if one.later_until == later and later), ""
        ),
        "purpose_name": purpose.name.in_(language()),
        "row": row,
        "may": may_work_on(staff, row),
        "offers": [
            (offer, names_of([offer.field])[0])
            for offer in review_queries.waiting_of(staff.actor, customer)
            if offer.field in purpose.fields
        ],
    }


def may_work_on(request: StaffRequest, row: Customer) -> bool:
    return (
        request.actor.may(Permission.CUSTOMERS_PROFILE_EDIT)
        and row.visibility == "open"
        and relation_to(request.actor, row) not in presenting.NOT_WORKED_ON
    )


def parse_chosen(values: Sequence[str]) -> list[tuple[UUID, UUID, int, list[str]]]:
    """What was ticked on a list: (customer, record, revision, fields); what cannot be read is left out."""
    found = []
    for value in values:
        customer, record, revision, keys = (*value.split(":"), "", "", "", "")[:4]
        one, other = presenting.uuid_or_none(customer), presenting.uuid_or_none(record)
        if one and other:
            found.append((one, other, presenting.number(revision), [key for key in keys.split(",") if key]))
    return found
