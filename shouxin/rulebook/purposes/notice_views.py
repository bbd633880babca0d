"""Screens of the notices (告知): every version with its text, hash, date and approver."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.story import story
from shouxin.rulebook import versions
from shouxin.rulebook.catalogue.forms import ReasonForm
from shouxin.rulebook.catalogue.queries import log_ins_of
from shouxin.rulebook.purposes import composing, forms, noticing, parts, queries
from shouxin.rulebook.purposes.models import NoticeVersion
from shouxin.rulebook.showing import form_page, names_behind

P = Permission


@require_GET
@allowed(P.RULEBOOK_PURPOSE_READ)
def notice_list(request: StaffRequest) -> HttpResponse:
    awaiting = request.GET.get("state") == "awaiting"
    found = list(queries.versions(request.actor, awaiting=awaiting))
    in_force = queries.in_force_today()
    context = {
        "rows": [(version, _state(version, in_force)) for version in found],
        "names": names_behind(one for row in found for one in (row.drafted_by, row.approved_by) if one),
        "awaiting": awaiting,
        "may_draft": request.actor.may(P.RULEBOOK_NOTICE_DRAFT),
    }
    return render(request, "rulebook/notice_list.html", context)


def _state(version: NoticeVersion, in_force: frozenset[UUID]) -> tuple[str, str]:
    """The tint and the word for where a version stands today."""
    if version.approved_at is None:
        return "warn", _("待审批")
    if version.id in in_force:
        return "ok", _("生效中")
    if version.effective_on > clock.today():
        return "info", _("尚未生效")
    return "muted", _("已被新版替代")


def _version(request: StaffRequest, version_id: UUID) -> NoticeVersion:
    found = queries.version_for(request.actor, version_id)
    if found is None:
        raise Http404
    return found


@require_GET
@allowed(P.RULEBOOK_PURPOSE_READ)
def notice_version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    version = _version(request, version_id)
    return render(request, "rulebook/notice_version.html", _shown(request, version))


def _shown(request: StaffRequest, version: NoticeVersion) -> dict[str, Any]:
    people = {one for one in (version.drafted_by, version.approved_by) if one}
    in_force, names = queries.in_force_today(), names_behind(people)
    waiting = version.approved_at is None
    lacks = noticing.refresh(version).lacks if waiting else ()
    mine = version.drafted_by in log_ins_of(request.actor) if waiting else False
    approver = request.actor.may(P.RULEBOOK_NOTICE_APPROVE)
    life = versions.Life(
        version.drafted_by,
        version.drafted_at,
        version.approved_by,
        version.approved_at,
        in_force=version.id in in_force,
        to_come=version.effective_on > clock.today(),
    )
    next_at = reverse("rulebook:notice_next", args=[version.notice_id])
    may = versions.May(
        approve=waiting and approver and not mine,
        discard=waiting and request.actor.may(P.RULEBOOK_NOTICE_DRAFT) and (mine or approver),
        draft=request.actor.may(P.RULEBOOK_NOTICE_DRAFT),
        own=mine,
        approver=approver,
        approve_at=reverse("rulebook:notice_approve", args=[version.id]),
        discard_at=reverse("rulebook:notice_discard", args=[version.id]),
        draft_at=f"{next_at}?language={version.language}",
    )
    about = {"notice": version.notice_id, "number": version.number, "language": version.language}
    return {
        "version": version,
        "lacks": lacks,
        "checked": parts.check_list(version, composing.told_of(version.notice)) if waiting else (),
        "names": names,
        "purposes": list(queries.resting_on(request.actor, version.notice_id)),
        "may_approve": may.approve,
        "standing": versions.standing(life, version.get_language_display()),
        "stages": versions.stages_of(life, names),
        "verbs": versions.verbs(life, may),
        "entries": story(request.actor, ["notice."], about),
    }


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_NOTICE_DRAFT)
def notice_new(request: StaffRequest) -> HttpResponse:
    form = forms.NewNoticeForm(request.POST or None, initial={"effective_on": clock.today()})
    return _drafted(request, form, {})


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_NOTICE_DRAFT)
def notice_next(request: StaffRequest, key: str) -> HttpResponse:
    """The next version of a notice, filled with the latest text."""
    notice = queries.notice(request.actor, key)
    if notice is None:
        raise Http404
    language = request.GET.get("language", NoticeVersion.Language.ZH.value)
    latest = next((row for row in notice.versions.all() if row.language == language), None)
    initial = {
        "language": language,
        "template": latest.template if latest else "",
        "contact": latest.contact if latest else "",
        "effective_on": clock.today(),
    }
    return _drafted(
        request, forms.VersionForm(request.POST or None, initial=initial), {"key": key, "notice": notice}
    )


def _drafted(request: StaffRequest, form: forms.VersionForm, about: dict[str, Any]) -> HttpResponse:
    key = {"key": about["key"]} if about else {}
    return form_page(
        request,
        form,
        verb=lambda data: noticing.draft_notice(request.actor, **{**key, **data}),
        said=_("告知新版本已起草，待另一人批准。"),
        then=("rulebook:notices",),
        template="rulebook/notice_form.html",
        about=about,
    )


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_NOTICE_APPROVE)
@fresh_second_factor()
def notice_approve(request: StaffRequest, version_id: UUID) -> HttpResponse:
    version = _version(request, version_id)
    shown = _shown(request, version)
    return form_page(
        request,
        forms.SeenForm(request.POST or None, initial={"seen": version.sha256}),
        verb=lambda data: noticing.approve_notice(request.actor, version_id=version_id, seen=data["seen"]),
        said=_("告知已批准。"),
        then=("rulebook:notice_version", version_id),
        template="rulebook/notice_approve.html",
        about=shown,
    )


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_NOTICE_DRAFT)
def notice_discard(request: StaffRequest, version_id: UUID) -> HttpResponse:
    return form_page(
        request,
        ReasonForm(request.POST or None),
        verb=lambda data: noticing.discard_notice(request.actor, version_id=version_id, **data),
        said=_("已撤下未批准的版本。"),
        then=("rulebook:notices",),
        template="rulebook/notice_discard.html",
        about={"version": _version(request, version_id)},
    )
