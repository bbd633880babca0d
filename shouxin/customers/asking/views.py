"""Screens of consents: what holds, asking at the counter, taking back, refusing, and the page as it was seen."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission, PurposeRule
from shouxin.customers.asking import presenting, services
from shouxin.customers.asking.forms import AskForm
from shouxin.customers.asking.services import ScanProblem, Sheet
from shouxin.customers.attachments.papers import kind_of
from shouxin.customers.attachments.views import in_memory
from shouxin.customers.consents import exporting, pages, queries, rules
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import choices, purpose_of

P = Permission


def _row(request: StaffRequest, customer_id: UUID) -> Customer:
    found = registry.find(request.actor, customer_id)
    if found is None:
        raise Http404
    return found


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_READ)
def overview(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """What holds for a customer, purpose by purpose, and everything they ever decided; no value of theirs."""
    row = _row(request, customer_id)
    context = {
        **presenting.standing(request.actor, row, clock.now()),
        "page_title": _("同意与告知"),
        "story": presenting.story(row.id),
        "entries": presenting.entries(request.actor, row.id),
        "doors": Channel.choices,
    }
    return render(request, "asking/overview.html", context)


@in_memory
@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_CONSENT_RECORD)
def ask(request: StaffRequest, customer_id: UUID, purpose: str) -> HttpResponse:
    """The notice and its boxes, none ticked, for a person at the counter or on the telephone."""
    row, now = _row(request, customer_id), clock.now()
    if not presenting.may_record(request.actor, row):
        raise Http404
    try:
        page = pages.present(purpose=purpose, language=get_language() or "zh-Hans", now=now)
    except ConsentProblem:
        raise Http404 from None
    closed = queries.closed_boxes(row.id, purpose, now)
    guardians = presenting.guardian_choices(request.actor, purpose_of(request, request.actor), row.id, now)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    wished = bool(closed) and "own" in request.GET
    closed = {} if wished else closed
    kept = queries.agreed_boxes(row.id, page.sha256, now)
    form = AskForm(
        *posted,
        page=page,
        kept=kept,
        closed=closed,
        ending=queries.ending_boxes(row.id, purpose, now),
        guardians=guardians,
        now=now,
        wished=wished,
    )
    if posted and form.is_valid():
        try:
            if _written_down(request, row, form):
                return redirect("customers:consents", row.id)
        except gate.Refused as problem:
            return refused(request, problem.refusal, customer=row.id)
    context: dict[str, Any] = {
        "page_title": _("征求同意"),
        "row": row,
        "form": form,
        "page": page,
        "boxes": form.rows(),
        "purpose_name": presenting.purpose_name(purpose),
        "closed_until": closed.get(rules.GENERAL),
        "some_closed": bool(closed),
        "wished": wished,
    }
    return render(request, "asking/ask.html", context, status=422 if form.errors else 200)


def _written_down(request: StaffRequest, row: Customer, form: AskForm) -> bool:
    said, now = form.cleaned_data, clock.now()
    how = How(
        said["channel"],
        guardian=said.get("guardian"),
        guardian_proof=said.get("proof", "") if said.get("guardian") else "",
        until=form.ends,
        own_wish=said.get("own_wish", False),
    )
    try:
        services.write_down(
            actor=request.actor,
            customer=row.id,
            shown=said["shown"],
            ticked=form.ticked,
            how=how,
            now=now,
            sheet=_sheet(request, said.get("scan")),
            kept=form.kept,
        )
    except (ConsentProblem, ScanProblem) as problem:
        form.add_error(None, problem.text.in_(presenting.language()))
        return False
    messages.success(
        request, _("已记下，立即生效。") if form.ticked else _("已记下本人没有同意，其他办理不受影响。")
    )
    return True


def _sheet(request: StaffRequest, scan: Any) -> Sheet | None:
    """The scan with the purpose it is kept for: the one worked for, or another of the reader's that takes files."""
    if scan is None:
        return None
    mine = [purpose_of(request, request.actor), *(one.key for one in choices(request.actor))]
    known = [rule for key in mine if (rule := rulebooks["rulebook"].purpose(key)) and not rule.consent_based]
    keep_for: PurposeRule | None = next((rule for rule in known if kind_of(rule)), None)
    if keep_for is None:
        raise ScanProblem(services.SCAN_PROBLEMS["paper.not-for-purpose"])
    return Sheet(scan.name, scan.read(), keep_for)


@require_POST
@allowed(P.CUSTOMERS_CONSENT_RECORD)
def verb(request: StaffRequest, customer_id: UUID, purpose: str, verb: str) -> HttpResponse:
    """Take a consent back, refuse or restrict a purpose, allow it again: what the person said, at once."""
    row = _row(request, customer_id)
    if not presenting.may_record(request.actor, row):
        raise Http404
    about: dict[str, Any] = {
        "actor": request.actor,
        "customer": row.id,
        "purpose": purpose,
        "now": clock.now(),
    }
    door = request.POST.get("channel", "")
    how = How(Channel(door) if door in Channel.values else Channel.COUNTER)
    try:
        if verb == "withdraw":
            consents.withdraw(**about, how=how, box=request.POST.get("box", rules.GENERAL))
            messages.success(request, _("已撤回，立即生效；撤回前的处理不受影响。"))
        elif verb == "allow":
            consents.allow_again(**about)
            messages.success(request, _("已恢复为此目的处理。"))
        else:
            kind = RefusalKind.RESTRICTED if verb == "restrict" else RefusalKind.OBJECTED
            consents.refuse_purpose(**about, kind=kind)
            messages.success(request, _("已登记，立即停止为此目的处理。"))
    except ConsentProblem as problem:
        messages.error(request, problem.text.in_(presenting.language()))
    return redirect("customers:consents", row.id)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_READ)
def seen(request: StaffRequest, customer_id: UUID, decision_id: UUID) -> HttpResponse:
    """One decision with the page as the person saw it, whatever the rulebook says today."""
    row = _row(request, customer_id)
    decision = queries.decisions(row.id).filter(id=decision_id).first()
    if decision is None:
        raise Http404
    context = {
        "page_title": _("当时展示的页面"),
        "row": row,
        **presenting.evidence(request.actor, decision),
    }
    return render(request, "asking/seen.html", context)


@require_POST
@allowed(P.CUSTOMERS_CONSENT_RECORD)
def records(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """The person's consent records for programs to read, handed out at their wish; journalled."""
    row = _row(request, customer_id)
    found = exporting.hand_out(
        actor=request.actor, customer=row.id, language=presenting.language(), now=clock.now()
    )
    answer = JsonResponse(
        found, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = f'attachment; filename="consents-{row.id}.jsonld"'
    return answer
