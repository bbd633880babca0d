"""Screens of the region profiles: what holds where, drafting the next version, approving it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
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
from shouxin.rulebook.catalogue.queries import same_person
from shouxin.rulebook.purposes.forms import SeenForm
from shouxin.rulebook.regions import presenting, queries, services
from shouxin.rulebook.regions.forms import Lines, RegionForm
from shouxin.rulebook.regions.models import RegionVersion
from shouxin.rulebook.regions.wording import provision
from shouxin.rulebook.showing import done, form_page, language, names_behind

P = Permission


@require_GET
@allowed(P.RULEBOOK_FIELD_READ)
def region_list(request: StaffRequest) -> HttpResponse:
    found = list(queries.versions(request.actor))
    waiting = request.GET.get("state") == "awaiting"
    if waiting:
        mine = {one.id for one in queries.awaiting(request.actor)}
        found = [one for one in found if one.id in mine]
    holding = {one.id for one in queries.in_force().values()}
    spoken_for = {one.jurisdiction for one in found}
    context = {
        "rows": [(presenting.shown(one), _state(one, holding)) for one in found],
        "without": []
        if waiting
        else [c for c in queries.jurisdictions(request.actor) if c not in spoken_for],
        "names": names_behind(by for one in found for by in (one.drafted_by, one.approved_by) if by),
        "waiting": waiting,
        "may_draft": request.actor.may(P.RULEBOOK_REGION_DRAFT),
    }
    return render(request, "regions/list.html", context)


def _state(version: RegionVersion, holding: set[UUID]) -> tuple[str, str]:
    """The tint and the word for where a version stands."""
    if version.approved_at is None:
        return "warn", _("待审批")
    return ("ok", _("生效中")) if version.id in holding else ("muted", _("已被新版替代"))


@require_GET
@allowed(P.RULEBOOK_FIELD_READ)
def region_version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    return render(request, "regions/version.html", _about(request, version_id))


def _about(request: StaffRequest, version_id: UUID) -> dict[str, Any]:
    version = queries.versions(request.actor).filter(id=version_id).first()
    if version is None:
        raise Http404
    open_, own = version.approved_at is None, same_person(request.actor.pseudonym, version.drafted_by)
    approver = request.actor.may(P.RULEBOOK_REGION_APPROVE)
    names = names_behind(by for by in (version.drafted_by, version.approved_by) if by)
    life = versions.Life(
        version.drafted_by,
        version.drafted_at,
        version.approved_by,
        version.approved_at,
        in_force=version.id in {one.id for one in queries.in_force().values()},
    )
    may = versions.May(
        approve=open_ and approver and not own,
        discard=open_ and (approver or own),
        draft=request.actor.may(P.RULEBOOK_REGION_DRAFT) and not open_,
        own=own,
        approver=approver,
        approve_at=reverse("rulebook:region_approve", args=[version.id]),
        discard_at=reverse("rulebook:region_discard", args=[version.id]),
        draft_at=f"{reverse('rulebook:region_new')}?region={version.jurisdiction}",
    )
    about = {"region": version.jurisdiction, "number": version.number}
    return {
        "version": version,
        "shown": presenting.shown(version),
        "law": [provision(row, language()) for row in queries.law(request.actor, version.jurisdiction)],
        "names": names,
        "may_approve": may.approve,
        "standing": versions.standing(life),
        "stages": versions.stages_of(life, names),
        "verbs": versions.verbs(life, may),
        "entries": story(request.actor, ["region."], about),
    }


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_REGION_DRAFT)
def region_new(request: StaffRequest) -> HttpResponse:
    """The next version of a jurisdiction, begun from what holds there."""
    code = request.GET.get("region", "")
    sent = request.POST if request.method == "POST" else None
    form = RegionForm(sent, initial=_hours(code), label_suffix="")
    lines = Lines(sent, initial=_lines(code), prefix="line")
    if sent is not None and form.is_valid() and lines.is_valid():
        said = [found for line in lines.forms if (found := line.said())]
        drafted: list[RegionVersion] = []

        def draft() -> None:
            version = services.draft_region(
                request.actor,
                jurisdiction=form.cleaned_data["jurisdiction"],
                hours=form.hours(),
                raises=said,
                note=form.cleaned_data["note"],
                now=clock.now(),
            )
            drafted.append(version)

        if done(request, form, draft, _("地区规则已起草，待另一人批准。")):
            return redirect("rulebook:region_version", drafted[0].id)
    status = 422 if form.errors or any(lines.errors) else 200
    return render(request, "regions/form.html", {"form": form, "lines": lines}, status=status)


def _hours(code: str) -> dict[str, Any]:
    standing = queries.in_force().get(code)
    if standing is None:
        return {"jurisdiction": code, "timezone": "Asia/Shanghai", "weekdays": [1, 2, 3, 4, 5]}
    names = ("jurisdiction", "timezone", "weekdays", "from_hour", "until_hour")
    holidays = "\n".join(day.isoformat() for day in standing.holidays)
    return {**{name: getattr(standing, name) for name in names}, "holidays": holidays}


def _lines(code: str) -> list[dict[str, Any]]:
    standing = queries.in_force().get(code)
    found = queries.raises_of(standing) if standing else []
    return [
        {"field": one.field, "level": one.level or "", "sensitive": one.sensitive, "reason": one.reason}
        for one in found
    ]


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_REGION_APPROVE)
@fresh_second_factor()
def region_approve(request: StaffRequest, version_id: UUID) -> HttpResponse:
    about = _about(request, version_id)
    form = SeenForm(request.POST or None, initial={"seen": about["version"].sha256}, label_suffix="")
    return form_page(
        request,
        form,
        verb=lambda data: services.approve_region(
            request.actor, version_id=version_id, seen=data["seen"], now=clock.now()
        ),
        said=_("地区规则已批准，立即生效。"),
        then=("rulebook:region_version", version_id),
        template="regions/approve.html",
        about=about,
    )


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_REGION_APPROVE, P.RULEBOOK_REGION_DRAFT)
def region_discard(request: StaffRequest, version_id: UUID) -> HttpResponse:
    about = _about(request, version_id)
    form = ReasonForm(request.POST or None, label_suffix="")
    return form_page(
        request,
        form,
        verb=lambda data: services.discard_region(
            request.actor, version_id=version_id, reason=data["reason"]
        ),
        said=_("已撤下。"),
        then=("rulebook:regions",),
        template="regions/discard.html",
        about=about,
    )
