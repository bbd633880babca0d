"""Screens of the timeline, and noting a contact."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.promises.services import PromiseProblem
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.timeline import presenting, queries, reading, reads, rules, services
from shouxin.customers.timeline.forms import NoteForm
from shouxin.customers.timeline.services import NoteProblem
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of

P = Permission


def _row(request: StaffRequest, customer_id: UUID) -> Customer:
    found = registry.find(request.actor, customer_id)
    if found is None:
        raise Http404
    return found


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_READ)
def timeline(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = _row(request, customer_id), purpose_of(request, request.actor)
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("往来时间线")}, status=409)
    show = request.GET.get("show", "")
    show = show if show in presenting.SHOWS else ""
    place = lists.place_from(request.GET, size=queries.PER_PAGE, edge=rules.edge)
    try:
        page = queries.page(
            actor=request.actor, purpose=purpose, row=row, show=show, place=place, now=clock.now()
        )
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    context = {
        "page_title": _("往来时间线"),
        "row": row,
        "lines": presenting.lines(page.rows, purpose),
        "show": show,
        "shows": presenting.SHOWS.items(),
        **lists.links({"show": show}, page, place),
    }
    return render(request, "timeline/page.html", context)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_READ)
def who_read(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Who read what of this customer, when and why."""
    row, purpose = _row(request, customer_id), purpose_of(request, request.actor)
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("谁看过")}, status=409)
    clear, place = request.GET.get("show") == "clear", lists.place_from(request.GET, size=reads.PER_PAGE)
    found = reads.page(actor=request.actor, row=row, clear=clear, place=place)
    context = {
        "page_title": _("谁看过"),
        "row": row,
        "reads": reading.rows(found, request.actor, purpose),
        "by_name": found.by_name,
        "clear": clear,
        **lists.links({"show": "clear" if clear else ""}, found.window, place),
    }
    return render(request, "timeline/reads.html", context)


def _said(form: NoteForm, *, ending: bool) -> str:
    """What was kept: the note, and with it a promise and its day."""
    said = _("已记下，接待已结束。") if ending else _("已记下。")
    if due := form.said.due_on:
        promise = _("答应的事列入“需求与承诺”，%(day)s 前办理。") % {"day": f"{due:%Y-%m-%d}"}
        return f"{said} {promise}"
    return said


@never_cache
@require_POST
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def note(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = _row(request, customer_id), purpose_of(request, request.actor)
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("往来记录")}, status=409)
    form = NoteForm(request.POST)
    if form.is_valid():
        ending = request.POST.get("verb") == "end"
        try:
            services.note(
                actor=request.actor,
                purpose=purpose,
                customer=row.id,
                said=form.said,
                end_contact=ending,
                now=clock.now(),
            )
        except (NoteProblem, PromiseProblem) as problem:
            form.refuse(problem.code, str(presenting.PROBLEMS[problem.code]))
        except gate.Refused as problem:
            return refused(request, problem.refusal, customer=row.id)
        else:
            messages.success(request, _said(form, ending=ending))
            return redirect("customers:page", row.id)
    form.point()
    context = {"page_title": _("往来记录"), "row": row, "note_form": form, "live": True, "alone": True}
    return render(request, "timeline/note.html", context, status=422)
