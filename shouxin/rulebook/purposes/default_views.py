"""Adopting the product's default purposes: one person submits them all, another approves and activates them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import LegalBasis, Pack
from shouxin.rulebook.purposes import defaults, forms, noticing, queries, rules, services
from shouxin.rulebook.showing import done, words

P = Permission


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_PURPOSE_DRAFT, P.RULEBOOK_PURPOSE_APPROVE)
def adopt(request: StaffRequest) -> HttpResponse:
    """What the product proposes and how far its adoption is; POST drafts and submits all that is missing."""
    form = forms.DefaultsForm(request.POST or None, initial={"organisation": queries.organisation_name()})
    if request.method == "POST":
        if not request.actor.may(P.RULEBOOK_PURPOSE_DRAFT):
            raise PermissionDenied
        said = _("默认目的和告知已提交，请另一人（个人信息保护负责人）在本页批准并启用。")
        if form.is_valid() and done(
            request, form, lambda: defaults.submit_defaults(request.actor, **form.cleaned_data), said
        ):
            return redirect("rulebook:defaults")
    context = {"form": form, **_standing(request)}
    return render(request, "rulebook/defaults.html", context, status=422 if form.errors else 200)


def _standing(request: StaffRequest) -> dict[str, Any]:
    purposes, versions = defaults.to_approve(request.actor)
    for version in versions:
        noticing.refresh(version)
    missing = defaults.to_draft()
    bases = LegalBasis.objects.in_bulk([row["basis"] for row in missing])
    return {
        "missing": [(row, bases.get(row["basis"])) for row in missing],
        "purposes": [
            (row, rules.digest(services.content(row)), services.unanswerable(row)) for row in purposes
        ],
        "versions": versions,
        "others": list(queries.purposes(request.actor, status="submitted").filter(pack__isnull=False)),
        "loaded": Pack.objects.exists(),
        "may_draft": request.actor.may(P.RULEBOOK_PURPOSE_DRAFT),
        "may_approve": request.actor.may(P.RULEBOOK_PURPOSE_APPROVE),
    }


@require_POST
@allowed(P.RULEBOOK_PURPOSE_APPROVE)
@fresh_second_factor()
def approve(request: StaffRequest) -> HttpResponse:
    """Approve exactly what the page listed and put it into use as far as that is possible."""
    seen = dict(zip(request.POST.getlist("purpose"), request.POST.getlist("seen"), strict=False))
    try:
        versions = [UUID(version) for version in request.POST.getlist("version")]
        adopted = defaults.approve_defaults(request.actor, seen=seen, versions=versions)
    except Refused as problem:
        messages.error(request, words(problem))
    except ValueError:
        messages.error(request, _("页面内容有误，请刷新后再试。"))
    else:
        messages.success(
            request,
            _("已批准 %(all)d 个目的，其中 %(active)d 个已启用。")
            % {"all": len(seen), "active": len(adopted.activated)},
        )
        return redirect("rulebook:purposes")
    return redirect("rulebook:defaults")
