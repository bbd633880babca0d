"""What the templates of attachments are given."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from shouxin.core.policy import Actor, FieldRule, Permission, Relation
from shouxin.customers.attachments import queries, scanning
from shouxin.customers.attachments.content import KINDS
from shouxin.customers.attachments.models import Attachment, Kind, State
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import find as find_customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.detail import Standing, Verb
from shouxin.people import queries as people
from shouxin.people.working_purpose import purpose_of

NOT_WORKED_ON = frozenset({Relation.ORGANISATION, Relation.OVERSEEN})
STATES = {
    State.CURRENT: "ok",
    State.REPLACED: "muted",
    State.REMOVED: "warn",
    State.DESTROYED: "muted",
}
PROBLEMS = {
    "virus.found": gettext_lazy("病毒扫描发现恶意内容，没有保存。请告知信息安全人员，并检查文件的来历。"),
    "scanner.away": gettext_lazy(
        "病毒扫描服务连不上，现在不能上传附件，没有保存任何内容。请稍后再试；一直如此请告知系统管理员。"
    ),
    "storage.away": gettext_lazy(
        "存放附件的地方现在用不了，没有保存任何内容。请稍后再试，或告知系统管理员。"
    ),
    "attachment.unknown": gettext_lazy("没有这个附件。"),
    "attachment.not-current": gettext_lazy("这个附件已被替换、移除或销毁，请回到档案查看现状。"),
    "attachment.not-removed": gettext_lazy("只能销毁已移除的附件。"),
    "attachment.same-person": gettext_lazy("销毁须由移除人以外的人办理。"),
    "attachment.altered": gettext_lazy("附件与存入时不符，没有打开。已记录告警，请告知信息安全人员。"),
    "attachment.locked": gettext_lazy("这位客户的这类信息已封存，附件只存储、不查看。"),
    "attachment.gone": gettext_lazy("附件的密钥已销毁，内容不能再打开。"),
    "attachment.missing": gettext_lazy(
        "没有找到附件的内容。请告知系统管理员运行 shouxin attachments check。"
    ),
}


def language() -> str:
    return get_language() or "zh-hans"


def rule_of(key: str) -> FieldRule:
    return rulebooks["rulebook"].fields()[key]


def line(row: Attachment, names: Mapping[UUID, str]) -> dict[str, Any]:
    """One attachment, or one of its versions, in words."""
    kind = KINDS.get(row.media_type)
    return {
        "row": row,
        "kind": Kind(row.kind).label,
        "rule": rule_of(row.kind),
        "type": kind.in_(language()) if kind else row.media_type,
        "size": filesizeformat(row.size),
        "who": names.get(row.added_by, ""),
        "ended_by": names.get(row.ended_by, "") if row.ended_by else "",
        "state_kind": STATES[State(row.state)],
        "state": State(row.state).label,
        "current": row.state == State.CURRENT,
        "removed": row.state == State.REMOVED,
        "opens": row.state in {State.CURRENT, State.REPLACED},
    }


def lines(rows: Sequence[Attachment]) -> list[dict[str, Any]]:
    names = people.names_of(
        [*(row.added_by for row in rows), *(row.ended_by for row in rows if row.ended_by)]
    )
    return [line(row, names) for row in rows]


def standing(versions: Sequence[Attachment]) -> Standing:
    """Where an attachment stands, by its newest version; how many versions there are."""
    newest, count = versions[0], len(versions)
    said = ngettext("%(n)d 个版本", "%(n)d 个版本", count) % {"n": count}
    return Standing(STATES[State(newest.state)], State(newest.state).label, said)


def verbs(actor: Actor, newest: Attachment, *, writes: bool) -> list[Verb]:
    """What can be done with an attachment now; what somebody of this role usually could says why it cannot."""

    def leads(name: str) -> str:
        return reverse(f"customers:{name}", args=[newest.customer_id, newest.id])

    found, may = [], actor.may(Permission.CUSTOMERS_ATTACHMENT_WRITE)
    if newest.state == State.CURRENT and writes:
        found.append(Verb(gettext("上传新版本"), href=leads("attachment_replace")))
        found.append(Verb(gettext("移除"), href=leads("attachment_remove")))
    elif newest.state == State.CURRENT and may:
        found.append(Verb(gettext("上传新版本"), why=gettext("不归您办理，只看脱敏。")))
    if newest.state != State.DESTROYED and actor.may(Permission.CUSTOMERS_ATTACHMENT_DESTROY) and writes:
        if newest.state == State.CURRENT:
            found.append(Verb(gettext("销毁"), why=gettext("还在使用。"), way=gettext("请先移除。")))
        elif newest.ended_by == actor.pseudonym:
            found.append(Verb(gettext("销毁"), why=gettext("是您本人移除的，须由另一人销毁。")))
        else:
            found.append(Verb(gettext("销毁"), href=leads("attachment_destroy"), style="danger"))
    if newest.state != State.DESTROYED:
        why = gettext("用数授权目前不含导出权，附件只能在系统内带水印查看，不能下载原件。")
        found.append(Verb(gettext("下载原件"), why=why))
    return found


def may_write(request: HttpRequest, customer: Customer) -> bool:
    actor = request.actor  # type: ignore[attr-defined]
    return bool(
        actor.may(Permission.CUSTOMERS_ATTACHMENT_WRITE)
        and customer.visibility == "open"
        and relation_to(actor, customer) not in NOT_WORKED_ON
    )


def panel(request: HttpRequest, subject: Any) -> Mapping[str, Any] | None:
    """The card on a customer's page; none where the present purpose needs no kind of attachment."""
    actor = request.actor  # type: ignore[attr-defined]
    purpose = rulebooks["rulebook"].purpose(purpose_of(request, actor))
    customer = find_customer(actor, subject)
    if purpose is None or customer is None or not queries.kinds(purpose):
        return None
    return {
        "customer": customer,
        "lines": lines(queries.of_customer(actor, customer.id, purpose)),
        "may_write": may_write(request, customer),
        "may_open": actor.may(Permission.CUSTOMERS_FIELD_REVEAL)
        and relation_to(actor, customer) is not Relation.OVERSEEN,
        "not_scanned": not scanning.is_configured(),
    }
