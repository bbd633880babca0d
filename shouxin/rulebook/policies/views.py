"""Screens of the policies: read and acknowledge, versions, coverage."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Permission
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.story import story
from shouxin.rulebook import versions
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.forms import ReasonForm
from shouxin.rulebook.catalogue.queries import log_ins_of
from shouxin.rulebook.policies import forms, queries, services
from shouxin.rulebook.policies.models import PolicyVersion
from shouxin.rulebook.purposes.forms import SeenForm
from shouxin.rulebook.showing import form_page, names_behind, words

P = Permission
# What the story of a version is made of; who acknowledged it stands on a page of its own.
STORY = ("policy.drafted", "policy.delivered", "policy.approved", "policy.discarded")
COVERAGE = "policy-coverage"
lists.register(
    Listed(
        COVERAGE,
        "rulebook:policy_coverage",
        ("state",),
        (Sort("name", gettext_lazy("按姓名"), "display_name", descending=False), *lists.by_age()),
        (
            Column("user", gettext_lazy("用户名")),
            Column("department", pgettext_lazy("label", "部门")),
            Column("versions", gettext_lazy("版本")),
            Column("at", gettext_lazy("确认时间")),
        ),
    )
)


def _onward(request: HttpRequest) -> str:
    """Where somebody was going before they were led here; never to another machine."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else ""


@require_GET
@allowed()
def policy_list(request: StaffRequest) -> HttpResponse:
    in_force = {version.id for version in queries.in_force()}
    found = list(queries.versions(request.actor))
    waiting = request.GET.get("state") == "awaiting"
    if waiting:
        mine = set(queries.awaiting(request.actor).values_list("id", flat=True))
        found = [version for version in found if version.id in mine]
    context = {
        "rows": [(version, _state(version, in_force)) for version in found],
        "names": names_behind(one for row in found for one in (row.drafted_by, row.approved_by) if one),
        "to_acknowledge": queries.to_acknowledge(request.actor.id),
        "waiting": waiting,
        "may_draft": request.actor.may(P.RULEBOOK_POLICY_DRAFT),
        "may_watch": request.actor.may(P.PEOPLE_STAFF_READ),
        "keys": sorted({version.key for version in found}),
    }
    return render(request, "policies/list.html", context)


def _state(version: PolicyVersion, in_force: set[UUID]) -> tuple[str, str]:
    """The tint and the word for where a version stands today."""
    if not version.decided:
        return "warn", _("待审批")
    if version.id in in_force:
        return "ok", _("生效中")
    if version.effective_on > clock.today():
        return "info", _("尚未生效")
    return "muted", _("已被新版替代")


@require_http_methods(["GET", "POST"])
@allowed()
def policy_read(request: StaffRequest) -> HttpResponse:
    """The text in force that this log-in has not acknowledged, and the promise; then on to where they were going."""
    onward = _onward(request)
    waiting = queries.to_acknowledge(request.actor.id)
    if not waiting:
        return redirect(onward or "rulebook:policies")
    version = waiting[0]
    form = forms.AcknowledgeForm(
        request.POST or None, initial={"version": version.id, "seen": version.sha256}, label_suffix=""
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            services.acknowledge(
                actor=request.actor, version_id=asked["version"], seen=asked["seen"], now=clock.now()
            )
        except Refused as problem:
            messages.error(request, words(problem))
            return redirect("rulebook:policy_read")
        messages.success(request, _("已确认，可以打开客户页面了。"))
        return redirect(onward or "/")
    context = {"version": version, "form": form, "next": onward}
    return render(request, "policies/read.html", context, status=422 if form.errors else 200)


def _version(request: StaffRequest, version_id: UUID) -> PolicyVersion:
    found = queries.version_for(request.actor, version_id)
    if found is None:
        raise Http404
    return found


@require_GET
@allowed()
def policy_version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    return render(request, "policies/version.html", _shown(request, _version(request, version_id)))


def _shown(request: StaffRequest, version: PolicyVersion) -> dict[str, Any]:
    waiting = not version.decided
    mine = waiting and version.drafted_by in log_ins_of(request.actor)
    approver = request.actor.may(P.RULEBOOK_POLICY_APPROVE)
    names = names_behind(one for one in (version.drafted_by, version.approved_by) if one)
    life = versions.Life(
        version.drafted_by,
        version.drafted_at,
        version.approved_by,
        version.approved_at if version.approved_at or waiting else version.drafted_at,
        in_force=version.id in {one.id for one in queries.in_force()},
        to_come=version.effective_on > clock.today(),
    )
    may = versions.May(
        approve=waiting and approver and not mine,
        discard=waiting and request.actor.may(P.RULEBOOK_POLICY_DRAFT) and (mine or approver),
        draft=request.actor.may(P.RULEBOOK_POLICY_DRAFT),
        own=mine,
        approver=approver,
        approve_at=reverse("rulebook:policy_approve", args=[version.id]),
        discard_at=reverse("rulebook:policy_discard", args=[version.id]),
        draft_at=reverse("rulebook:policy_next", args=[version.key]),
    )
    acknowledged_at = queries.acknowledged_at(request.actor, version.id)
    second = "" if waiting else _("我已确认") if acknowledged_at else _("我还没有确认")
    return {
        "version": version,
        "names": names,
        "acknowledged_at": acknowledged_at,
        "may_approve": may.approve,
        "standing": versions.standing(life, second if life.in_force else ""),
        "stages": versions.stages_of(life, names),
        "verbs": versions.verbs(life, may),
        "entries": story(request.actor, STORY, {"policy": version.key, "number": version.number}),
    }


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_POLICY_DRAFT)
def policy_next(request: StaffRequest, key: str) -> HttpResponse:
    """The next version of a policy, filled with the latest text."""
    latest = PolicyVersion.objects.filter(key=key).order_by("-number").first()
    if latest is None:
        raise Http404
    initial = {"text_zh": latest.text_zh, "text_en": latest.text_en, "effective_on": clock.today()}
    form = forms.PolicyForm(request.POST or None, initial=initial, label_suffix="")
    return form_page(
        request,
        form,
        verb=lambda data: services.draft_policy(request.actor, key=key, now=clock.now(), **data),
        said=_("守则新版本已起草，待另一人批准。"),
        then=("rulebook:policies",),
        template="policies/form.html",
        about={"latest": latest},
    )


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_POLICY_APPROVE)
@fresh_second_factor()
def policy_approve(request: StaffRequest, version_id: UUID) -> HttpResponse:
    version = _version(request, version_id)
    return form_page(
        request,
        SeenForm(request.POST or None, initial={"seen": version.sha256}),
        verb=lambda data: services.approve_policy(
            request.actor, version_id=version_id, seen=data["seen"], now=clock.now()
        ),
        said=_("守则已批准。"),
        then=("rulebook:policy_version", version_id),
        template="policies/approve.html",
        about=_shown(request, version),
    )


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_POLICY_DRAFT)
def policy_discard(request: StaffRequest, version_id: UUID) -> HttpResponse:
    return form_page(
        request,
        ReasonForm(request.POST or None),
        verb=lambda data: services.discard_policy(request.actor, version_id=version_id, **data),
        said=_("已撤下未批准的版本。"),
        then=("rulebook:policies",),
        template="policies/discard.html",
        about={"version": _version(request, version_id)},
    )


@require_GET
@allowed(P.PEOPLE_STAFF_READ)
def policy_coverage(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, COVERAGE)
    found = queries.accounts(request.actor, missing=asked.query.get("state") == "missing")
    page = lists.window(found, asked.sort, asked.place)
    shown = [staff.id for staff in page.rows]
    lacking = queries.accounts(request.actor, missing=True).filter(id__in=shown)
    without = set(lacking.values_list("id", flat=True))
    states = [("", _("全部")), ("missing", _("未确认"))]
    context = {
        **asked.context(page, found, (Field("state", _("状态"), states),)),
        "coverage": queries.coverage(request.actor),
        "rows": [(staff, staff.id not in without) for staff in page.rows],
        "versions": queries.in_force(),
    }
    return render(request, "policies/coverage.html", context)
