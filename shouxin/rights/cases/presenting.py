"""A request in words: where it stands, how long there is, what can be done with it now, and the letter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission
from shouxin.customers.registry import merging, shown
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import cite
from shouxin.journal.events import events
from shouxin.kit.detail import Standing, Verb
from shouxin.people import queries as people
from shouxin.people.story import left, lines_of, story
from shouxin.rights import secrecy
from shouxin.rights.arranged import queries as arranged
from shouxin.rights.arranged.presenting import wishes
from shouxin.rights.cases import accusing, doing, foreseeing, queries, rules, running, told
from shouxin.rights.cases.forms import (
    EVERY,
    AccusedForm,
    AnswerForm,
    CheckForm,
    ExtendForm,
    PauseForm,
    RateForm,
)
from shouxin.rights.cases.models import CLOSED, OPEN, Case, Check, Deed, Kind, State, Wish
from shouxin.rights.cases.staging import stages_of
from shouxin.rulebook.wording import in_words, period

P = Permission
PROBLEMS = {
    "text.length": gettext_lazy("请写明内容，不超过 4000 字。"),
    "due.past": gettext_lazy("日期不能早于今天。"),
    "requester.unsuitable": gettext_lazy("申请人与要求不符：查询由监管部门提出，死者的由近亲属提出。"),
    "accused.unsuitable": gettext_lazy("只有投诉才填被投诉的部门，且不能是全单位。"),
    "accused.missing": gettext_lazy("请先写明投诉针对哪个部门；不针对任何部门的，也要写明。"),
    "accused.named": gettext_lazy("投诉针对的部门已经写明，由部门负责人、个人信息保护负责人或监督员更改。"),
    "case.among-themselves": gettext_lazy(
        "由您所在的部门写明不针对任何部门、又由本部门答复的投诉，须由别的部门或个人信息保护负责人审批。"
    ),
    "customer.unknown": gettext_lazy("没有找到该客户，或不在您的范围内。"),
    "number.none": gettext_lazy("编号一时取不到，没有登记，请再提交一次。"),
    "guardian.unverified": gettext_lazy(
        "不能代为提出：监护关系没有核验过，或已经结束。请带监护证明到营业场所核验，或在不用登录的页面代为提出。"
    ),
    "case.unknown": gettext_lazy("没有找到，或不归您处理。"),
    "case.step": gettext_lazy("该申请已进到别的步骤；请按本页现在的内容继续。"),
    "case.taken": gettext_lazy("已由他人受理。"),
    "case.not-yours": gettext_lazy("由受理人办理；请先受理。"),
    "case.matched": gettext_lazy("已查明是哪位客户。"),
    "case.other": gettext_lazy("只能并入同一客户在办的另一件。"),
    "case.accused": gettext_lazy("投诉针对您所在的部门，须由其他部门办理。"),
    "case.escalated": gettext_lazy("申请人不满意，已转监督员办理。"),
    "contact.unknown": gettext_lazy("没有找到这次接待，或已经评价过。"),
    "case.rated": gettext_lazy("还没有答复，或已经评价过。"),
    "check.twice": gettext_lazy("这种方式已经核验过。"),
    "check.portal": gettext_lazy("门户登录由系统记录，不能手工登记。"),
    "clock.stands": gettext_lazy("计时已经暂停。"),
    "clock.runs": gettext_lazy("计时没有暂停。"),
    "clock.extended": gettext_lazy("已经延长过一次。"),
    "clock.no-longer": gettext_lazy("该法域的、不满十四周岁的和监管部门查询的，不能再延长。"),
    "clock.reopened": gettext_lazy("答复过又重新打开的申请不能延长：请尽快答复。"),
    "clock.over": gettext_lazy("最迟的日期已过，不能再延长或暂停：请尽快答复。"),
    "extension.reason": gettext_lazy("请选择为什么需要更久，理由会告知申请人。"),
    "identity.unproved": gettext_lazy("身份未核验，不能同意；只能以“无法核实身份”不予同意。"),
    "reason.unsuitable": gettext_lazy("请选择与结果相符的理由：同意不写理由，其余必须写。"),
    "answer.empty": gettext_lazy("请写明答复。"),
    "approver.same-person": gettext_lazy("不能审批自己拟定的答复，请由他人审批。"),
    "delete.retained": gettext_lazy(
        "其中有法定保存期限未届满或调查期间的信息，只能封存：请选“部分同意”和相应理由。"
    ),
    "delete.nothing-retained": gettext_lazy("没有法定保存期限未届满的信息，不能以此为由。"),
    "erase.unsuitable": gettext_lazy("只能选该客户档案里现有的项目；还没有查明是哪位客户的，请写在原话里。"),
    "erase.closed": gettext_lazy("其中有的项目已随别的申请停止使用或封存，不能单独删除。"),
    "purpose.goes-on": gettext_lazy(
        "其中有依法必须继续的处理：请选“部分同意”，理由选“履行合同或法定义务所必需”。"
    ),
    "purpose.unknown": gettext_lazy("没有这个处理目的。"),
    "purposes.missing": gettext_lazy("请选择涉及的处理目的，或选“全部”；不选就没有什么可以停下。"),
    "purpose.no-consent": gettext_lazy("其中有的目的不以同意为依据，没有可撤回的同意；请按“拒绝处理”登记。"),
    "correct.not-yet": gettext_lazy(
        "受理之后，要求更正的项目还没有全部在客户档案中更正：请先核实并更正；只更正一部分的，选“部分同意”。"
    ),
    "correct.which": gettext_lazy(
        "请选择更正了哪些项目；不在这些项目里的，勾选“另行更正”并在答复里写明改了什么、为什么。"
    ),
    "correct.not-stated": gettext_lazy("只有同意更正或补充时才勾选“另行更正”。"),
    "wish.missing": gettext_lazy("请选择近亲属要求什么；只有死者近亲属行权才填。"),
    "deceased.arranged": gettext_lazy(
        "死者生前另有安排，不允许近亲属提出这项要求：请选“不同意”，理由选“死者生前另有安排”。"
    ),
    "deceased.nothing-arranged": gettext_lazy("死者生前没有这样的安排，不能以此为由。"),
    "arrangement.unknown": gettext_lazy("近亲属只能查阅、复制、更正、删除，请在其中选择。"),
    "port.conditions": gettext_lazy("四项条件都核对无误，才能同意转移。"),
    "port.conditions-partly": gettext_lazy(
        "除“不损害他人合法权益”可以用不列出有关内容来满足以外，其余三项条件都核对无误，才能部分同意转移。"
    ),
    "port.all-met": gettext_lazy("四项条件都符合，不能以此为由不同意。"),
    "proof.unsuitable": gettext_lazy("副本须是 PDF、JPEG 或 PNG，不超过 5 MB，且没有发现病毒；没有保存。"),
    "proof.many": gettext_lazy("副本已经够多，没有保存。"),
    "proof.scanner": gettext_lazy("病毒扫描暂不可用，没有保存副本；可以不留副本，只登记核验。"),
    "round.number": gettext_lazy("数目与现在等待您审批的不符，没有批准；请重新核对。"),
    "round.changed": gettext_lazy("答复在您看过之后改过，请单独审批。"),
    "remark.length": gettext_lazy("评语不超过 500 字。"),
    "score.involved": gettext_lazy(
        "受理、拟定、审批过这件的人和被投诉部门的人不能代为登记评价；请申请人在门户或凭查询码自己评，或由别人登记。"
    ),
    "score.range": gettext_lazy("请选择 1 至 5 分。"),
}
_FIRST = {
    State.RECEIVED: ("warn", gettext_lazy("待受理")),
    State.ANSWERED: ("ok", gettext_lazy("已办结")),
    State.WITHDRAWN: ("muted", gettext_lazy("已办结")),
    State.DUPLICATE: ("muted", gettext_lazy("已办结")),
}
_LEVELS = (
    gettext_lazy("不需要核验身份"),
    gettext_lazy("按档案中的联系方式联系到本人"),
    gettext_lazy("核对身份证件"),
    gettext_lazy("当面核对，或门户登录并二次认证"),
)


def standing(row: Case) -> Standing:
    """处理中 · 身份核验; paused, answered and how."""
    if row.state == State.RECEIVED or (row.state == State.HANDLING and row.handler_id is None):
        return Standing("warn", _("待受理"), _("等人受理"))  # also one that came back and has nobody yet
    if row.state in CLOSED:
        kind, title = _FIRST[State(row.state)]
        second = row.get_outcome_display() if row.outcome else row.get_state_display()
        return Standing("bad" if row.outcome == "refused" else kind, title, second)
    if row.paused_at is not None:
        return Standing("muted", _("已暂停"), row.get_pause_display())
    return Standing("info", _("处理中"), row.get_state_display())


def deadline(row: Case, now: datetime, promised: date | None = None) -> Mapping[str, Any]:
    """The day, how long there is in words, the tint, and past the day also the last one. What was answered has only the
    day by which the rest is `promised` to be deleted; staff see it."""
    if row.state in CLOSED:
        return {"due": row.due_on, "left": "", "kind": "muted"}
    if row.state == State.WATCHING:
        late = promised is not None and promised < rules.local(now)
        return {"due": promised, "left": _("逾期未删除") if late else "", "kind": "bad" if late else "muted"}
    at = row.paused_at or now
    days = (row.due_on - rules.local(at)).days
    if row.paused_at is not None and days >= 0:
        return {"due": row.due_on, "left": _("计时暂停"), "kind": "muted"}
    kind = "bad" if days < 0 else "warn" if days <= queries.SOON.days else "muted"
    return {
        "due": row.due_on,
        "left": left(row.due_on, at),
        "kind": kind,
        "stop": row.stop_on if days < 0 else None,
    }


def listed(rows: Sequence[Case], now: datetime) -> list[dict[str, Any]]:
    """Rows of the list."""
    days = queries.promised([row.id for row in rows if row.state == State.WATCHING])
    return [
        {"case": row, "standing": standing(row), "deadline": deadline(row, now, days.get(row.id))}
        for row in rows
    ]


def detail_context(actor: Actor, row: Case, now: datetime) -> dict[str, Any]:
    """What the page of a case shows beside the words themselves."""
    hands = row.handler_id == actor.id and actor.may(P.RIGHTS_CASE_HANDLE)
    working = hands and row.state in {State.IDENTITY, State.HANDLING}
    may_decide = queries.awaiting(actor).filter(id=row.id).exists()
    methods = queries.methods_of(row)
    names = dict(Check.Method.choices)
    return {
        "standing": standing(row),
        "deadline": deadline(row, now, queries.promised([row.id]).get(row.id)),
        "stages": stages_of(row),
        "verbs": _verbs(actor, row, now, hands=hands),
        "entries": story(actor, _told(), {"case": row.id}, since=row.filed_at),
        "level": _LEVELS[row.level],
        "checked": [names[one] for one in methods],
        "missing": _missing(row, methods),
        "may_decide": may_decide,
        "check_form": CheckForm(case=row) if hands and row.state == State.IDENTITY else None,
        "pause_form": PauseForm() if working and _pausable(row, now) else None,
        "extend_form": ExtendForm(case=row) if working and not running.why_not_longer(row, now) else None,
        "extension": extension_of(row),
        "answer_form": AnswerForm(case=row) if working else None,
        "accused_form": AccusedForm(case=row) if accusing.may_name(actor, row) else None,
        "rate_form": RateForm() if _rateable(actor, row) else None,
        "others": listed(list(queries.others_of(row)[:10]), now),
        "mergeable": _mergeable(row) if hands and row.state in OPEN else [],
        "reason": reason_of(row),
        "proofs": list(row.proofs.order_by("at")),
        "deeds": deeds(row),
        "foreseen": foreseen(row, now) if working or may_decide else [],
    }


def _pausable(row: Case, now: datetime) -> bool:
    return row.paused_at is None and not running.over(row, now)


def _told() -> list[str]:
    """What the story is made of: all but who looked at the page, which the journal and the customer's timeline have."""
    return [name for name in events if name.startswith("rights.") and name != "rights.read"]


# What the person themselves is told of the way of their case: nothing that is still being weighed.
_SHARED = (
    "filed", "recognised", "accused", "taken", "proved", "paused", "resumed", "extended", "answered",
    "locked", "retained", "finished", "withdrawn", "merged", "rated", "reopened", "escalated", "proof_kept",
)  # fmt: skip


def history(row: Case) -> list[dict[str, Any]]:
    """The way of a case as whoever asked sees it, the latest first: what happened and when, never by whom."""
    language = get_language() or "zh-hans"
    lines = lines_of([f"rights.{one}" for one in _SHARED], {"case": row.id}, since=row.filed_at, limit=50)
    if (said := told.as_told(row).outcome) != row.outcome:
        lines = [replace(one, data={**one.data, "rights_outcome": said}) for one in lines]
    return [{"at": line.at, "text": line.sentence(language)} for line in lines]


def extension_of(row: Case) -> str:
    """Why it takes longer, in words; empty where it does not, or nobody said."""
    known = rules.EXTENSIONS.get(row.extension)
    return known.in_(get_language() or "zh-hans") if known else ""


def reason_of(row: Case) -> Mapping[str, str] | None:
    """Why it is not granted, with its article."""
    known = rules.REASONS.get(row.reason)
    if known is None:
        return None
    language = get_language() or "zh-hans"
    return {"text": known.text.in_(language), "article": known.article.in_(language)}


def deeds(row: Case, *, for_person: bool = False) -> list[dict[str, Any]]:
    """What was done: each purpose by name, groups and single fields together by what became of them.

    The person is told of what is kept for an authority's inquiry as of anything else that waits to be deleted.
    """
    found: list[dict[str, Any]] = [
        {
            "what": one.get_what_display(),
            "about": purpose_names([one.purpose])[0],
            "article": _cited(one.article),
        }
        for one in row.deeds.exclude(purpose="").order_by("purpose")
    ]
    kept = row.deeds.filter(purpose="").order_by("what", "article", "until", "storage_group", "field")
    unsaid = secrecy.hidden() if for_person else frozenset[str]()
    return found + _together(
        [
            (*_said(row, one, for_person=for_person), one.field or one.storage_group, one.destroyed_at)
            for one in kept
            if (one.field or one.storage_group) not in unsaid
        ],
        unsaid,
    )


def _said(row: Case, one: Deed, *, for_person: bool) -> tuple[str, str, date | None, str]:
    """What became of one group, by which article, until when, and from what that counts."""
    if for_person and one.what == Deed.What.HELD:
        until = max(row.stop_on, rules.local(one.at))
        what = Deed.What.PENDING if one.field else Deed.What.WAITING
        return str(what.label), foreseeing.DELETE_ARTICLE, until, ""
    return one.get_what_display(), one.article, one.until, _counted(one)


def _counted(one: Deed | foreseeing.Foreseen) -> str:
    """How a statutory period counts, and plainly that its end is not known where nothing on file says it."""
    if one.what not in {Deed.What.SEALED_UP, Deed.What.GOES_ON}:
        return ""
    if not one.begins:
        return "" if one.until else _("依法长期保存，没有到期日")
    amount, _apart, unit = one.lasts.partition(" ")
    said = {"start": in_words("start", one.begins), "lasts": period(int(amount), unit)}
    if one.until:
        return _("自%(start)s起 %(lasts)s") % said
    return _("自%(start)s起 %(lasts)s；档案上还没有这个起算日，到期日现在不能确定") % said


def foreseen(row: Case, now: datetime) -> list[dict[str, Any]]:
    """What deleting would do, before anything is done."""
    if row.act not in doing.DELETES:
        return []
    return _together(
        [
            (one.what.label, one.article, one.until, _counted(one), one.field or one.group, None)
            for one in foreseeing.foresee(row, now)
        ]
    )


def wanted_gone(row: Case, language: str) -> list[str]:
    """The items the person wants deleted, by name, where they named some."""
    return _names(row, language) if row.act == Kind.DELETE else []


def concerned(row: Case, language: str) -> list[str]:
    """The items that are said to be wrong or missing, by name, where some were named."""
    return _names(row, language) if row.act in rules.CORRECTS else []


def _names(row: Case, language: str) -> list[str]:
    book = rulebooks["rulebook"].fields()
    return [book[key].name.in_(language) for key in row.fields if key in book]


def arranged_for(row: Case) -> list[str] | None:
    """What the deceased let relatives ask for, by name; None where nothing is on file that narrows it."""
    if row.kind != Kind.DECEASED or row.customer_id is None:
        return None
    found = arranged.allowed(row.customer_id)
    return None if found == arranged.ALL else [str(label) for key, label in Wish.choices if key in found]


def _cited(article: str) -> str:
    return cite(article, get_language() or "zh-hans")


def _together(
    rows: Sequence[tuple[Any, str, Any, str, str, Any]], unsaid: Collection[str] = ()
) -> list[dict[str, Any]]:
    language = get_language() or "zh-hans"
    names: dict[str, list[str]] = {}
    for rule in rulebooks["rulebook"].fields().values():
        if rule.active and rule.key not in unsaid:
            names.setdefault(rule.storage_group, []).append(rule.name.in_(language))
            names[rule.key] = [rule.name.in_(language)]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for what, article, until, counted, group, gone in rows:
        line = found.setdefault(
            (str(what), article, until, counted, gone is None),
            {
                "what": what,
                "fields": [],
                "article": _cited(article),
                "until": until,
                "counted": counted,
                "gone": gone,
            },
        )
        line["fields"] += [name for name in names.get(group, [group]) if name not in line["fields"]]
    return list(found.values())


def _missing(row: Case, methods: Sequence[str]) -> list[str]:
    names = dict(Check.Method.choices)
    lacking = sorted(rules.missing(row.level, row.requester, methods))
    found = [str(names.get(one, _("核验申请人身份"))) for one in lacking]
    if row.level and row.customer_id is None and row.kind != Kind.INQUIRY:
        found.insert(0, _("查明是哪位客户"))
    return found


def _mergeable(row: Case) -> list[Case]:
    return list(queries.others_of(row).filter(state__in=OPEN)) if row.state != State.WATCHING else []


def _rateable(actor: Actor, row: Case) -> bool:
    open_to = row.state in rules.TOLD and row.score is None and actor.may(P.RIGHTS_CASE_FILE)
    return open_to and not queries.is_involved(actor, row)


def _verbs(actor: Actor, row: Case, now: datetime, *, hands: bool) -> list[Verb]:
    found: list[Verb] = []
    if row.state in {State.ANSWERED, State.WATCHING}:
        found.append(Verb(_("查看答复书"), href=reverse("rights:letter", args=[row.id])))
    if hands and row.customer_id and row.act in rules.HANDED_OVER:
        style = "primary" if row.state == State.HANDLING else ""
        found.append(Verb(_("本人查阅的材料"), href=reverse("rights:package", args=[row.id]), style=style))
    if row.state in CLOSED or row.state == State.WATCHING:
        return found
    corrects = row.act in rules.CORRECTS and row.state == State.HANDLING
    if hands and row.customer_id and corrects:
        address = reverse("customers:edit", args=[row.customer_id])
        found.append(Verb(_("在客户档案中更正"), href=address, style="primary"))
    accused = queries.is_accused(actor, row)
    if accused:
        found.append(
            Verb(
                pgettext("request", "办理"),
                why=_("投诉针对您所在的部门。"),
                way=_("由其他部门或个人信息保护负责人办理。"),
            )
        )
        return found
    if row.state in {State.RECEIVED, State.IDENTITY, State.HANDLING} and not hands:
        found.append(_take(actor, row))
    if row.state == State.DECIDING and queries.is_among_themselves(actor, row):
        found.append(Verb(_("批准"), why=str(PROBLEMS["case.among-themselves"])))
    own = row.proposed_by_id is not None and people.same_person(actor.id, row.proposed_by_id)
    if row.state == State.DECIDING and actor.may(P.RIGHTS_CASE_DECIDE) and own:
        found.append(Verb(_("批准"), why=_("不能审批自己拟定的答复。"), way=_("请由另一人审批。")))
    if hands:
        found += _own_verbs(row, now)
    return found


def _take(actor: Actor, row: Case) -> Verb:
    label = _("受理") if row.handler_id is None else _("接手办理")
    if not actor.may(P.RIGHTS_CASE_HANDLE):
        return Verb(label, why=_("您的岗位不办理个人行权。"))
    if row.handler_id is not None and not actor.may(P.RIGHTS_CASE_DECIDE):
        return Verb(label, why=_("已由他人受理。"), way=_("部门负责人可以接手。"))
    return Verb(label, post=_address(row, "take"), style="primary")


def _own_verbs(row: Case, now: datetime) -> list[Verb]:
    found = []
    if row.paused_at is not None:
        found.append(Verb(_("恢复计时"), post=_address(row, "resume")))
    if row.state in {State.IDENTITY, State.HANDLING} and (problem := running.why_not_longer(row, now)):
        found.append(Verb(_("延长期限"), why=PROBLEMS[problem]))
    if row.state in {State.IDENTITY, State.HANDLING} and row.paused_at is None and running.over(row, now):
        found.append(Verb(_("暂停计时"), why=PROBLEMS["clock.over"]))
    if row.state != State.WATCHING:
        found.append(
            Verb(
                _("申请人撤回"),
                post=_address(row, "withdraw"),
                confirm=_("确认申请人自己要求撤回这件申请吗？"),
            )
        )
    return found


def _address(row: Case, verb: str) -> str:
    return reverse("rights:verb", args=[row.id, verb])


def letter(row: Case, text: str, language: str) -> dict[str, Any]:
    """What goes to the person: built from the facts of the case, so that it cannot say anything else."""
    row = told.as_told(row)
    reason = rules.REASONS.get(row.reason)
    return {
        "case": row,
        "answered_at": row.decided_at or row.proposed_at,
        "reason": reason.text.in_(language) if reason else "",
        "article": reason.article.in_(language) if reason else "",
        "deeds": deeds(row, for_person=True),
        "wanted_gone": wanted_gone(row, language),
        "redress": [one.in_(language) for one in rules.REDRESS] if row.outcome != "granted" else [],
        "text": text,
    }


def card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """On a customer's page: what the person asked for, and the way to take down another request."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or shown.of(request, customer) is None or not actor.may(P.RIGHTS_CASE_FILE):
        return None
    rows = list(
        queries.visible_to(actor)
        .filter(customer_id__in=merging.everybody(customer))
        .order_by("-filed_at")[:5]
    )
    unknown = queries.mine(actor).filter(customer_id__isnull=True)
    return {
        "customer": customer,
        "cases": rows,
        "unknown": list(unknown),
        "traces": actor.may(P.RIGHTS_CASE_HANDLE),
        "wishes": wishes(customer),
    }


def purpose_names(keys: Sequence[str]) -> list[str]:
    """Purposes by their names."""
    language, book = get_language() or "zh-hans", rulebooks["rulebook"]
    found = [(key, book.purpose(key)) for key in keys]
    every = {rules.EVERY_PURPOSE: str(EVERY)}
    return [rule.name.in_(language) if rule else every.get(key, key) for key, rule in found]
