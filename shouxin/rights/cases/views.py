"""Screens of individuals' requests: the list, taking one down, one case with its verbs, the letter."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, get_language_info, gettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.registry import queries as registry
from shouxin.kit import clock, lists, panels
from shouxin.kit.lists import Column, Field, Listed, Sort, uuid_or_none
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.rights.cases import accusing, answering, presenting, proving, queries, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.clocks import clock_for
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.forms import (
    AccusedForm,
    AnswerForm,
    CheckForm,
    ExtendForm,
    IntakeForm,
    PauseForm,
    RateForm,
)
from shouxin.rights.cases.keeping import answer_of, remark_of
from shouxin.rights.cases.models import Case, Kind, State

P = Permission
KEY, CODE = "rights-cases", "rights_code"
lists.register(
    Listed(
        KEY,
        "rights:cases",
        ("show", "kind", "number"),
        (
            Sort("due", gettext_lazy("期限近的在前"), "due_on", descending=False),
            Sort("later", gettext_lazy("期限远的在前"), "due_on"),
            *lists.by_age("filed_at"),
        ),
        (
            Column("kind", gettext_lazy("要求")),
            Column("customer", gettext_lazy("客户")),
            Column("handler", gettext_lazy("受理人")),
            Column("filed", gettext_lazy("登记时间")),
        ),
        typed=frozenset({"number"}),
    )
)
_FORMS = {"accuse": "accused_form"}
SHOWS = (
    ("", gettext_lazy("在办")),
    ("new", gettext_lazy("待受理")),
    ("mine", gettext_lazy("我受理的")),
    ("awaiting", gettext_lazy("待我审批")),
    ("soon", gettext_lazy("七天内到期")),
    ("late", pgettext_lazy("request", "已逾期")),
    ("paused", gettext_lazy("计时暂停")),
    ("watching", gettext_lazy("等待删除")),
    ("undeleted", gettext_lazy("逾期未删除")),
    ("closed", gettext_lazy("已办结")),
)


@require_http_methods(["GET", "POST"])
@allowed(P.RIGHTS_CASE_READ)
def case_list(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return reading.narrowed(request, KEY)
    asked, now = reading.read(request, KEY), clock.now()
    show = asked.query.get("show", "")
    if show == "awaiting":
        found = queries.awaiting(request.actor)
    elif show == "new":
        found = queries.to_take(request.actor)
    else:
        found = queries.narrowed(queries.visible_to(request.actor), request.actor, show, now)
    if asked.query.get("kind") in Kind.values:
        found = found.filter(kind=asked.query["kind"])
    if number := asked.query.get("number", ""):
        found = found.filter(number=number.strip().upper())
    page = lists.window(found, asked.sort, asked.place)
    form = (
        Field("show", _("范围"), SHOWS),
        Field("kind", _("要求"), [("", _("全部")), *Kind.choices]),
        Field("number", _("编号")),
    )
    context = {
        **asked.context(page, found, form),
        "page_title": _("个人行权"),
        "rows": presenting.listed(page.rows, now),
        "reachable": _reachable(request, page.rows),
        "may_decide": request.actor.may(P.RIGHTS_CASE_DECIDE),
        "awaiting": show == "awaiting" and bool(page.rows),
        "may_file": request.actor.may(P.RIGHTS_CASE_FILE),
    }
    return render(request, "cases/list.html", context)


def _reachable(request: StaffRequest, rows: Sequence[Case]) -> set[UUID]:
    """The customers of these requests whose pages this person may open."""
    wanted = [row.customer_id for row in rows if row.customer_id]
    return set(registry.visible(request.actor).filter(id__in=wanted).values_list("id", flat=True))


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.RIGHTS_CASE_FILE)
def intake(request: StaffRequest, customer_id: UUID | None = None) -> HttpResponse:
    """Take a request down; about a customer found before, or about somebody still to be found."""
    if customer_id is not None and registry.find(request.actor, customer_id) is None:
        raise Http404
    form = IntakeForm(request.POST or None, customer=customer_id)
    if request.method == "POST" and form.is_valid():
        try:
            filed = services.file(actor=request.actor, asked=form.asked(customer_id), now=clock.now())
        except CaseProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        else:
            if filed.repeats:
                messages.warning(
                    request,
                    _("与在办的 %(number)s 重复，已并入该件。") % {"number": filed.repeats.number},
                )
            request.session[CODE] = [str(filed.case.id), filed.code]
            return redirect("rights:case", filed.case.id)
    context = {"page_title": _("登记行权申请"), "form": form, "customer": customer_id}
    return render(request, "cases/intake.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
@allowed(P.RIGHTS_CASE_READ)
def case_page(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _page(request, _visible(request, case_id), {}, 200)


def _page(request: StaffRequest, row: Case, forms: dict[str, Any], status: int) -> HttpResponse:
    told = request.session.get(CODE, ["", ""])
    context = {
        "page_title": _("%(kind)s申请 %(number)s") % {"kind": row.get_kind_display(), "number": row.number},
        "case": row,
        "words": services.read(actor=request.actor, case=row),
        "purposes": presenting.purpose_names(row.purposes),
        "wanted_gone": presenting.wanted_gone(row, get_language() or "zh-hans"),
        "concerned": presenting.concerned(row, get_language() or "zh-hans"),
        "arranged": presenting.arranged_for(row),
        "reachable": bool(row.customer_id and registry.find(request.actor, row.customer_id)),
        "code": told[1] if told[0] == str(row.id) else "",
        "clock": clock_for(row.jurisdiction),
        "answer": answer_of(row) if row.outcome else "",
        "remark": remark_of(row),
        **presenting.detail_context(request.actor, row, clock.now()),
        "pieces": panels.render("case", request, row),
        **forms,
    }
    request.session.pop(CODE, None)
    return render(request, "cases/detail.html", context, status=status)


# What a verb has changed, told above the page.
DONE = {
    "take": gettext_lazy("已受理，由您办理。"),
    "check": gettext_lazy("已登记核验；还缺的列在“身份核验”里。"),
    "pause": gettext_lazy("已暂停计时。"),
    "resume": gettext_lazy("已恢复计时。"),
    "extend": gettext_lazy("已延长期限；怎样告知申请人，见“告知申请人”。"),
    "withdraw": gettext_lazy("申请人已撤回，本件办结。"),
    "merge": gettext_lazy("已并入另一件。"),
    "approve": gettext_lazy("已批准。"),
    "send_back": gettext_lazy("已退回重办；拟定的答复作废。"),
    "rate": gettext_lazy("已登记评价。"),
    "accuse": gettext_lazy("已写明被投诉的部门。"),
}


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_READ)
@fresh_second_factor("approve")
def verb(request: StaffRequest, case_id: UUID, verb: str) -> HttpResponse:
    """One POST, one service, back to the page; which verbs there are the address says."""
    row, now = _visible(request, case_id), clock.now()
    about: dict[str, Any] = {"actor": request.actor, "case": row.id, "now": now}
    plain: dict[str, Callable[..., Case]] = {
        "take": services.take,
        "resume": services.resume,
        "withdraw": services.withdraw,
        "approve": answering.approve,
        "send_back": lambda actor, case, now: answering.send_back(actor=actor, case=case),  # noqa: ARG005 - as the others
    }
    try:
        if verb in plain:
            done = plain[verb](**about)
        elif verb == "merge":
            into = uuid_or_none(request.POST.get("into", ""))
            done = services.merge(**about, into=into or row.id)
        else:
            return _with_form(request, row, verb, about)
    except CaseProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    else:
        messages.success(request, _done(verb, done))
    return redirect("rights:case", row.id)


def _with_form(request: StaffRequest, row: Case, verb: str, about: dict[str, Any]) -> HttpResponse:
    """The verbs that are told something: which proof, why to pause or to take longer, the answer, the score."""
    forms: dict[str, Callable[[], Form]] = {
        "check": lambda: CheckForm(request.POST, request.FILES, case=row),
        "accuse": lambda: AccusedForm(request.POST, case=row),
        "pause": lambda: PauseForm(request.POST),
        "extend": lambda: ExtendForm(request.POST, case=row),
        "answer": lambda: AnswerForm(request.POST, case=row),
        "rate": lambda: RateForm(request.POST),
    }
    form = forms[verb]()
    if not form.is_valid():
        return _page(request, row, {_FORMS.get(verb, f"{verb}_form"): form}, 422)
    said = form.cleaned_data
    deeds: dict[str, Callable[[], Case]] = {
        "check": lambda: services.check(**about, method=said["method"], proof=_bytes_of(said["copy"])),
        "accuse": lambda: accusing.name(actor=request.actor, case=row.id, **said),
        "pause": lambda: services.pause(**about, **said),
        "extend": lambda: services.extend(**about, **said),
        "answer": lambda: answering.propose(**about, answer=Answer(**said)),
        "rate": lambda: answering.rate(**about, **said),
    }
    try:
        done = deeds[verb]()
    except CaseProblem as problem:
        form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        return _page(request, row, {_FORMS.get(verb, f"{verb}_form"): form}, 422)
    messages.success(request, _done(verb, done))
    return redirect("rights:case", row.id)


def _done(verb: str, row: Case) -> str:
    if verb in {"answer", "approve"} and row.state == State.ANSWERED:
        return _("已答复，答复书可以打印或交给申请人。")
    if row.state == State.WATCHING:
        return _("已停止使用，等待删除；全部销毁后自动办结。")
    if verb == "answer":
        return _("已拟定，等待他人审批：客户归口部门的负责人或个人信息保护负责人，拟定人和被投诉的部门除外。")
    if verb == "check" and row.state == State.HANDLING:
        return _("身份核验通过，可以办理了。")
    return str(DONE[verb])


@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
def match(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """From a customer's page: this is whom my case is about."""
    case = uuid_or_none(request.POST.get("case", ""))
    if case is None or registry.find(request.actor, customer_id) is None:
        raise Http404
    try:
        row = services.match(actor=request.actor, case=case, customer=customer_id, now=clock.now())
    except CaseProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
        return redirect("customers:page", customer_id)
    messages.success(request, _("已查明申请针对的客户。"))
    if row.duplicate_of is not None:
        number = row.duplicate_of.number
        messages.warning(request, _("与在办的 %(number)s 重复，已并入该件。") % {"number": number})
    return redirect("rights:case", case)


@never_cache
@require_GET
@allowed(P.RIGHTS_CASE_READ)
def letter(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """The answer as the person receives it, to print or to hand over; in Chinese or English."""
    row = _visible(request, case_id)
    if row.state not in {State.ANSWERED, State.WATCHING}:
        raise Http404
    language = request.GET.get("language", "")
    language = language if language in {"zh-hans", "en"} else (get_language() or "zh-hans")
    words = services.read(actor=request.actor, case=row)
    other = "en" if language != "en" else "zh-hans"
    with override(language):
        context = {
            "page_title": _("答复书"),
            "name": words.name,
            "language": language,
            "other": other,
            "other_name": get_language_info(other)["name_local"],
            "purposes": presenting.purpose_names(row.purposes),
            **presenting.letter(row, answer_of(row), language),
            "home": reverse("rights:case", args=[row.id]),
        }
        return render(request, "cases/letter.html", context)


@never_cache
@require_GET
@allowed(P.RIGHTS_CASE_HANDLE)
def proof(request: StaffRequest, case_id: UUID, proof_id: UUID) -> FileResponse:
    """The copy of a proof, for whoever has to judge it; only while the case is open."""
    row = _visible(request, case_id)
    found = row.proofs.filter(id=proof_id).first()
    if found is None:
        raise Http404
    content = proving.opened(actor=request.actor, proof=found)
    name = f"{row.number}.{found.media.rpartition('/')[2]}"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=found.media)


def _bytes_of(file: Any) -> bytes | None:
    """What was sent along, read no further than one may keep."""
    return bytes(file.read(proving.LARGEST + 1)) if file else None


def _visible(request: StaffRequest, case_id: UUID) -> Case:
    found = queries.visible_to(request.actor).filter(id=case_id).first()
    if found is None:
        raise Http404
    return found
