"""Screens of standing grants: the list, the proposal, the decision."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.access.grants import presenting, queries, services
from shouxin.access.grants.forms import ProposalForm, PurposeForm
from shouxin.access.grants.models import StandingGrant, State
from shouxin.access.listing import by_state
from shouxin.core.policy import Actor, Permission, Role
from shouxin.drafts.keeper import keeper_of
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, Sort
from shouxin.kit.noted import noted
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.working_purpose import purpose_of

PROBLEMS = {
    "purpose.role": gettext_lazy("您的岗位不能用于该目的。"),
    "fields.none": gettext_lazy("请至少选择一个字段。"),
    "fields.not-grantable": gettext_lazy("所选字段中有不能列入常设授权的。"),
    "limit.range": gettext_lazy("每天次数须在 1 到 30 之间。"),
    "until.range": gettext_lazy("期限最长六个月。"),
    "reason.missing": gettext_lazy("请说明工作需要。"),
    "strict.range": gettext_lazy("用于高风险的授权最长 7 天、每天至多 5 次。"),
    "fields.high-risk": gettext_lazy("所选字段中有高风险字段，请勾选“用于高风险客户或字段”。"),
    "approver.twice": gettext_lazy("您已批准过一次，第二次须由另一人批准。"),
    "approver.same-person": gettext_lazy("申请人不能批准自己的申请，请由他人审批。"),
    "grant.unknown": gettext_lazy("没有找到该授权，或不归您处理。"),
    "grant.decided-already": gettext_lazy("该申请已被处理；请看本页现在的内容。"),
    "grant.over": gettext_lazy("申请的期限已过，批准了也不能使用；请拒绝，由本人重新申请。"),
    "grant.changed": gettext_lazy("您打开本页之后内容变了，没有批准；请看过现在的内容再决定。"),
    "note.missing": gettext_lazy("请填写拒绝理由。"),
}
KEY = "grants"
lists.register(
    Listed(
        KEY,
        "access:grants",
        ("state", "purpose", "who"),
        (
            *lists.by_age("proposed_at"),
            Sort("ending", gettext_lazy("最早到期的在前"), "until", descending=False),
        ),
        (
            Column("purpose", pgettext_lazy("label", "处理目的")),
            Column("fields", gettext_lazy("字段")),
            Column("daily", gettext_lazy("每天次数")),
            Column("until", gettext_lazy("截止")),
        ),
        typed=frozenset({"who"}),
    )
)


@require_http_methods(["GET", "POST"])
@allowed(Permission.ACCESS_GRANT_READ)
def grant_list(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return reading.narrowed(request, KEY)
    actor = request.actor
    found, context = by_state(
        request,
        KEY,
        seen=queries.visible_to(actor),
        awaiting=queries.awaiting(actor),
        states=State,
        more=_lists(actor),
        soonest={"force", "ending", "ending_team"},
        form=(
            Field("purpose", pgettext("label", "处理目的"), [("", _("全部")), *presenting.purpose_choices()]),
            Field("who", _("使用人")),
        ),
        narrow=_narrow,
    )
    context |= {
        "page_title": _("常设用数授权"),
        "rows": [presenting.row(grant) for grant in found],
        "may_propose": actor.may(Permission.ACCESS_GRANT_PROPOSE),
    }
    return render(request, "grants/list.html", context)


def _narrow(found: QuerySet[StandingGrant], query: Mapping[str, str]) -> QuerySet[StandingGrant]:
    if purpose := query.get("purpose", ""):
        found = found.filter(purpose=purpose)
    if who := query.get("who", ""):
        found = found.filter(Q(staff__display_name__icontains=who) | Q(staff__user_name__iexact=who))
    return found


def _lists(actor: Actor) -> list[tuple[str, str, QuerySet[StandingGrant]]]:
    now = clock.now()
    found = [
        ("mine", _("我的申请，等待审批"), queries.asked_by(actor)),
        ("force", _("我的，现在生效"), queries.own_in_force(actor, now)),
        ("ending", _("即将到期"), queries.ending(actor, now)),
        ("over", _("已到期"), queries.over(actor, now)),
    ]
    if Role.HEAD in actor.roles:
        found.append(("ending_team", _("本团队即将到期"), queries.ending(actor, now, team=True)))
    return found


@require_http_methods(["GET", "POST"])
@allowed(Permission.ACCESS_GRANT_PROPOSE)
def propose(request: StaffRequest) -> HttpResponse:
    keeper = keeper_of(request, "grant")
    purpose = request.POST.get("purpose") or keeper.value("purpose") or request.GET.get("purpose", "")
    purpose = purpose or purpose_of(request, request.actor) or ""  # what one works for is what one asks for
    chooser = PurposeForm(initial={"purpose": purpose}, actor=request.actor)
    wanted = request.GET.getlist("field")
    form = ProposalForm(request.POST or None, purpose=purpose, wanted=wanted) if purpose else None
    if form:
        keeper.fill(form)
    if request.method == "POST" and form and form.is_valid():
        now = clock.now()
        try:
            grant = services.propose(
                actor=request.actor,
                purpose=purpose,
                fields=form.cleaned_data["fields_asked"],
                daily_limit=form.daily(),
                strict=form.cleaned_data["strict"],
                until=form.until(now),
                reason=form.cleaned_data["reason"],
                now=now,
            )
        except services.GrantProblem as problem:
            for code in problem.codes:
                form.add_error(None, str(PROBLEMS[code]))
        else:
            keeper.sent(request)
            messages.success(request, _("申请已提交，等待他人批准；批准或拒绝后会通知您。"))
            return redirect("access:grant", grant.id)
    context = {
        "page_title": _("申请常设用数授权"),
        "chooser": chooser,
        "form": form,
        "purpose": purpose,
        "keeper": keeper,
        "wished": wanted,
        **presenting.apply_context(request.actor),
    }
    return render(request, "grants/propose.html", context, status=422 if form and form.errors else 200)


@allowed(Permission.ACCESS_GRANT_READ)
def grant_page(request: StaffRequest, grant_id: UUID) -> HttpResponse:
    grant = _visible(request, grant_id)
    return render(request, "grants/detail.html", presenting.detail_context(request.actor, grant))


@require_POST
@allowed(Permission.ACCESS_GRANT_READ)
@fresh_second_factor("approve")
def decide(request: StaffRequest, grant_id: UUID, verb: str) -> HttpResponse:
    """Approve, refuse, withdraw or end: one POST, one service, back to the page."""
    now = clock.now()
    try:
        if verb == "approve":
            services.approve(actor=request.actor, grant=grant_id, now=now, seen=request.POST.get("seen", ""))
        elif verb == "refuse":
            services.refuse(actor=request.actor, grant=grant_id, note=noted(request.POST, "note"), now=now)
        elif verb == "withdraw":
            services.withdraw(actor=request.actor, grant=grant_id, now=now)
        else:
            services.end(actor=request.actor, grant=grant_id, now=now)
    except services.GrantProblem as problem:
        messages.error(request, " ".join(str(PROBLEMS[code]) for code in problem.codes))
    else:
        messages.success(request, _decided(verb, _visible(request, grant_id)))
    return redirect("access:grant", _visible(request, grant_id).id)


def _decided(verb: str, grant: StandingGrant) -> str:
    """What has changed by the decision, for whom and until when."""
    names = {"who": grant.staff.display_name, "day": f"{timezone.localtime(grant.until):%Y-%m-%d}"}
    if verb == "approve" and grant.state == State.PENDING:
        return _("已批准；还须第二人批准才生效。")
    return {
        "approve": _("已批准：%(who)s 在接待中可以查看这些字段的明文，到 %(day)s 为止；会通知本人。") % names,
        "refuse": _("已拒绝，会把理由通知 %(who)s。") % names,
        "withdraw": _("申请已撤回。"),
    }.get(verb, _("授权已终止，%(who)s 不能再查看这些字段的明文。") % names)


def _visible(request: StaffRequest, grant_id: UUID) -> StandingGrant:
    found = queries.visible_to(request.actor).filter(id=grant_id).first()
    if found is None:
        raise Http404
    return found
