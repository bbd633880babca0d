"""Making an invitation to the portal for one customer, shown once and ready to print."""

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouxin.core.policy import Permission
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry import shown
from shouxin.customers.registry.models import Customer, Kind
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.thresholds.queries import value
from shouxin.portal.entering import invitations, rules
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.invitations import Made
from shouxin.rulebook.purposes.queries import organisation_name


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(Permission.PORTAL_INVITATION_MAKE)
def invite(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row = registry.find(request.actor, customer_id)
    if row is None or row.kind != Kind.PERSON:
        raise Http404
    made, problem, now = None, "", clock.now()
    if request.method == "POST" and request.POST.get("verb") == "end":
        if invitations.end(actor=request.actor, customer=row.id, now=now):
            messages.success(request, _("邀请码已作废。"))
        return redirect("portal:invite", row.id)
    if request.method == "POST":
        try:
            made = invitations.make(actor=request.actor, customer=row.id, now=now)
        except EntryProblem as found:
            problem = found.text.in_(get_language() or "zh-hans")
    address = _address(request)
    context = {
        **(_printed(made, address) if made else {}),
        "page_title": _("门户邀请码"),
        "row": row,
        "made": made,
        "problem": problem,
        "standing": None if made else invitations.standing(row.id, now),
        "address": address,
        "organisation": organisation_name(),
        "days": value(rules.INVITATION_DAYS),
    }
    return render(request, "portal/staff/invite.html", context, status=422 if problem else 200)


def _printed(made: Made, address: str) -> dict[str, str]:
    """What goes on the paper. The code stands behind the #, which no browser sends: it reaches no log of a server."""
    link = f"{address}#{made.code}"
    code = segno.make(link, error="m")
    said = {
        "organisation": organisation_name(),
        "link": link,
        "address": address,
        "code": made.code,
        "until": clock.today(made.expires_at).isoformat(),
    }
    clause = _(
        "您可以随时查看、更正%(organisation)s保存的您的信息，同意或撤回同意：打开 %(link)s，"
        "或打开 %(address)s 输入邀请码 %(code)s（%(until)s 前有效，只能用一次），"
        "再填写证件号码或手机号码后四位、会员号或客户编号中的一项。"
    )
    shape: dict[str, Any] = {
        "scale": 6,
        "border": 3,
        "dark": "#000",
        "light": "#fff",
        "svgclass": "sx-qr",
        "lineclass": None,
    }
    return {
        "picture": mark_safe(code.svg_inline(omitsize=True, **shape)),  # noqa: S308 - segno's own drawing
        "file": code.svg_data_uri(**shape),
        "clause": clause % said,
    }


def _address(request: HttpRequest) -> str:
    """Where the customer types it, by the organisation's own name for this installation."""
    page = reverse("my:invitation")
    return f"{settings.PUBLIC_ADDRESS}{page}" if settings.PUBLIC_ADDRESS else request.build_absolute_uri(page)


def verb(request: HttpRequest, customer: UUID) -> dict[str, Customer] | None:
    """The button on the customer's page."""
    view, actor = shown.of(request, customer), getattr(request, "actor", None)
    if view is None or actor is None or not actor.may(Permission.PORTAL_INVITATION_MAKE):
        return None
    return {"row": view.row} if view.row.kind == Kind.PERSON else None
