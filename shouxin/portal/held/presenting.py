"""What is held and who saw it, in plain words."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Form
from shouxin.customers.consents.wording import item_names
from shouxin.customers.messages.models import Channel as Way
from shouxin.customers.registry.models import Channel, Method, Provenance, RecordKind, Source
from shouxin.customers.registry.presenting import spoken
from shouxin.gate.events import field_names, reason_name
from shouxin.gate.facts import rules as rulebooks
from shouxin.portal.held import handed, rules
from shouxin.portal.held.handed import REACHED, Carried
from shouxin.portal.held.queries import Held, Inside, Item, Reads
from shouxin.portal.held.sharing import Shared
from shouxin.rulebook import wording
from shouxin.rulebook.catalogue.models import RetentionRule

FEW = 6  # fields named at once; the others are folded
HOW = {
    "field.revealed": gettext_lazy("看到全文"),
    "number.dialled": gettext_lazy("拨打电话，未看到号码"),
    "field.read": gettext_lazy("程序读取"),
    "profile.viewed": gettext_lazy("看到打码后的内容"),
    "list.viewed": gettext_lazy("在列表里看到打码后的内容"),
    "list.searched": gettext_lazy("在查找结果里看到打码后的内容"),
    "message.sent": gettext_lazy("程序发送消息，没有人看到"),
    "message.unclear": gettext_lazy("程序发送消息，没有人看到"),
    "portal.change_told": gettext_lazy("程序发送更改通知，没有人看到"),
    "portal.change_unclear": gettext_lazy("程序发送更改通知，没有人看到"),
    "portal.answer_told": gettext_lazy("程序告诉您申请有答复，没有人看到"),
    "portal.answer_unclear": gettext_lazy("程序告诉您申请有答复，没有人看到"),
    "portal.extension_told": gettext_lazy("程序告诉您申请要延长期限，没有人看到"),
    "portal.extension_unclear": gettext_lazy("程序告诉您申请要延长期限，没有人看到"),
    "portal.code_sent": gettext_lazy("程序发送验证码，没有人看到"),
    "code.sent": gettext_lazy("程序发送验证码，没有人看到"),
}
LISTED = gettext_lazy("列入电话名单，没有人看到号码")


def language() -> str:
    return get_language() or "zh-hans"


def categories(found: Held) -> list[dict[str, Any]]:
    return [
        {
            "name": rules.CATEGORIES[key].in_(language()),
            "lines": [line(item) for item in items],
            "unstated": any(item.purpose is None for item in items),
        }
        for key, items in found.categories.items()
    ]


def records(found: Held) -> list[dict[str, Any]]:
    names = dict(RecordKind.choices)
    return [
        {
            "name": names.get(record.kind, record.kind),
            "at": record.created_at,
            "lines": [line(item) for item in record.items],
        }
        for record in found.records
    ]


def line(item: Item) -> dict[str, Any]:
    return {
        "name": item.rule.name.in_(language()),
        "text": spoken(item.rule, item.text),
        "hidden": item.form is Form.HIDDEN,
        "sensitive": item.rule.sensitive,
        "why": item.purpose.name.in_(language()) if item.purpose else "",
        "source": source(item.provenance) if item.provenance else "",
        "since": timezone.localtime(item.provenance.collected_at) if item.provenance else None,
        "until": until(item.retention) if item.retention else "",
    }


def source(origin: Provenance) -> str:
    """From whom and by which way a value came."""
    if origin.source == Source.EXTERNAL:
        return _("由 %(supplier)s 提供") % {"supplier": origin.supplier}
    if origin.kept_for:
        return _("您本人更正或补充")  # the day stands beside it
    channel = dict(Channel.choices).get(origin.channel, origin.channel)
    method = dict(Method.choices).get(origin.method, origin.method)
    return _("%(channel)s（%(method)s）") % {"channel": channel, "method": method}


def until(rule: RetentionRule) -> str:
    """Until when a value is kept, as its rule says it."""
    lasts = wording.period(rule.default_value, rule.default_unit)
    if rule.default_value < 0 or rule.default_unit == "permanent":
        return lasts
    start = wording.in_words("start", rule.clock_start)
    if rule.default_value == 0:
        return lasts
    return _("%(start)s后 %(lasts)s") % {"start": start, "lasts": lasts}


def sharing(found: Shared) -> dict[str, Any]:
    """Who received something, and who may."""
    known, agreed = rulebooks["rulebook"], []
    names = item_names({one.recipient for one in found.agreed})
    for one in found.agreed:
        rule = known.purpose(one.purpose)
        agreed.append(
            {
                "recipient": names[one.recipient].in_(language())
                if one.recipient in names
                else one.recipient,
                "why": rule.name.in_(language()) if rule else "",
                "abroad": one.abroad,
                "since": one.since,
            }
        )
    return {
        "carried": [_carrier(one) for one in found.carried],
        "fetched": found.fetched,
        "outside": bool(found.fetched) or any(not one.own for one in found.carried),
        "agreed": agreed,
        "foreseen": found.foreseen,
    }


def _carrier(one: Carried) -> dict[str, Any]:
    """One of those who carried messages: what it is, what it got, how often."""
    if one.channel == Way.SMS:
        who = _("本单位网内的短信平台") if one.own else _("短信服务商")
        what = _("您的手机号码和短信内容")
    elif one.channel == Way.EMAIL:
        who = _("本单位的邮件服务器") if one.own else _("邮件服务商")
        what = _("您的邮箱和邮件内容")
    else:
        who, what = _("消息服务商"), _("您的联系方式和消息内容")  # which way it went was not written down
    name = one.name or ("" if one.own else _("当时没有记下名称"))
    return {
        "who": _("%(who)s（%(name)s）") % {"who": who, "name": name} if name else who,
        "part": "" if one.own else one.part or _("受托人"),
        "contact": one.contact,
        "what": what,
        "times": one.times,
        "last": one.last,
    }


def readers(found: Reads, me: Actor) -> list[dict[str, Any]]:
    """Each reading: who by department and role, what, how and why; never a name. One's own in a row are one, and so are
    lists that somebody went through again for the same."""
    shown: list[dict[str, Any]] = []
    for one in _readings(found, me):
        if shown and _goes_on(shown[-1], one):
            shown[-1]["times"] += 1
            shown[-1]["since"] = one["at"]
            if one["clear"]:  # in full at least once
                shown[-1]["how"], shown[-1]["clear"] = one["how"], True
        else:
            shown.append(one)
    return shown


def _goes_on(before: dict[str, Any], one: dict[str, Any]) -> bool:
    if one["mine"] or before["mine"]:
        return bool(one["mine"] and before["mine"])
    alike = ("reader", "how", "fields", "others", "why")
    return bool(one["listed"]) and all(one[key] == before[key] for key in alike)


def _readings(found: Reads, me: Actor) -> list[dict[str, Any]]:
    return [
        {
            "at": line.at,
            "reader": line.actor,
            "who": _who(line.actor, found, me),
            "how": LISTED if handed.is_listed(line) else HOW[line.event],
            "clear": line.event == "field.revealed",
            "used": line.event in REACHED,
            "listed": line.among,
            "mine": line.actor == me.pseudonym,
            "times": 1,
            "since": line.at,
            "fields": field_names(list(fields[:FEW]), language()) if fields else _("您的联系方式"),
            "others": field_names(list(fields[FEW:]), language()) if len(fields) > FEW else "",
            "why": _why(line.purpose, line.data.get("reason")),
        }
        for line, fields in found.lines
    ]


def _who(pseudonym: Any, found: Reads, me: Actor) -> str:
    if pseudonym == me.pseudonym:
        return _("您本人")
    person = found.readers.get(pseudonym)
    if person is None:
        return _("系统程序")
    return " · ".join(_place(person.department, person.roles)) or _("本单位的接口程序")


def _place(department: str, roles: Sequence[str]) -> list[str]:
    return [part for part in (department, _("、").join(roles)) if part]


def _why(purpose: str | None, reason: Any) -> str:
    rule = rulebooks["rulebook"].purpose(purpose or "")
    said = [rule.name.in_(language())] if rule else []
    return " · ".join([*said, *([reason_name(reason, language())] if reason else [])])


def inside(found: Sequence[Inside]) -> list[dict[str, Any]]:
    """What programs do inside the process, in words; what has no words of its own counts as maintenance."""
    told: dict[str, dict[str, Any]] = {}
    for one in found:
        name = reason_name(one.reason, language())
        text = name if name != one.reason else _("其他系统维护")
        told.setdefault(text, {"name": text, "at": one.at})
    return list(told.values())
