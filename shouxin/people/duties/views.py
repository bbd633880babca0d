"""Screens of duties: who answers for what in each department, and who succeeds whom."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Actor, Permission, Role
from shouxin.journal.queries import Line
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.duties import presenting, queries, services
from shouxin.people.duties.forms import AppointForm, SuccessorForm
from shouxin.people.duties.models import Duty
from shouxin.people.duties.rules import STEPS
from shouxin.people.models import Department, Staff
from shouxin.people.problems import PeopleError
from shouxin.people.story import SHOWN, lines_of
from shouxin.people.telling import told

P = Permission
LOOKED_AT = 200  # entries about duties that are looked through for those of the reader's departments


@require_GET
@allowed(P.PEOPLE_DUTY_READ)
def duty_list(request: StaffRequest) -> HttpResponse:
    language = get_language() or "zh-hans"
    held: dict[UUID, list[Duty]] = {}
    for duty in queries.in_force():
        held.setdefault(duty.department_id, []).append(duty)
    only = request.GET.get("state") == "vacant"
    empty: dict[UUID, list[Duty]] = {}
    for duty in queries.vacant():
        empty.setdefault(duty.department_id, []).append(duty)
    wanted = set(empty)
    if request.actor.may(P.PEOPLE_DUTY_APPOINT):  # what stands on the workbench
        wanted = {department.id for department, _duties in queries.without_holder(request.actor)}
    order = list(STEPS)
    places = [
        {
            "department": department,
            "duties": [
                {"duty": duty, "name": duty.name.in_(language), "written": duty.written.in_(language)}
                for duty in sorted(held.get(department.id, ()), key=lambda duty: order.index(duty.step))
            ],
            "vacant": [
                {"duty": duty, "name": duty.name.in_(language)} for duty in empty.get(department.id, ())
            ],
            "may_appoint": queries.may_appoint(actor=request.actor, department_id=department.id),
        }
        for department in queries.visible_departments(request.actor)
        if not only or department.id in wanted
    ]
    context = {
        "page_title": _("职责"),
        "places": places,
        "only_vacant": only,
        "is_officer": Role.OFFICER in request.actor.roles,
        "entries": told(_story(request.actor), request.actor),
    }
    return render(request, "duties/list.html", context)


def _story(actor: Actor) -> list[Line]:
    """Who was named and relieved in the departments whose duties the reader may look at, the latest first."""
    mine = {str(key) for key in queries.visible_departments(actor).values_list("id", flat=True)}
    lines = lines_of(["duty."], limit=LOOKED_AT)
    return [line for line in lines if line.data.get("department") in mine][:SHOWN]


@require_GET
@allowed(P.PEOPLE_DUTY_READ)
def one(request: StaffRequest, duty_id: UUID) -> HttpResponse:
    duty = queries.visible(request.actor, duty_id)
    if duty is None:
        raise Http404
    return render(request, "duties/one.html", presenting.detail_context(request.actor, duty, clock.now()))


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_DUTY_APPOINT)
def appoint(request: StaffRequest, department_id: UUID) -> HttpResponse:
    department = Department.objects.filter(id=department_id, is_active=True).first()
    if department is None or not queries.may_appoint(actor=request.actor, department_id=department_id):
        raise Http404
    form = AppointForm(
        request.POST or None, department=department_id, initial={"step": request.GET.get("step", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.appoint(
                actor=request.actor,
                department=department_id,
                step=form.cleaned_data["step"],
                holder=form.cleaned_data["holder"],
                deputy=form.cleaned_data["deputy"],
                until=form.end(),
                now=clock.now(),
            )
        except PeopleError as error:
            form.add_error(None, error.text.in_(get_language() or "zh-hans"))
        else:
            messages.success(request, _("已指定，立即生效。"))
            return redirect("people:duties")
    language = get_language() or "zh-hans"
    context = {
        "page_title": _("指定职责：%(department)s") % {"department": department.name},
        "form": form,
        "steps": [(step.name.in_(language), step.duty.in_(language)) for step in STEPS.values()],
    }
    return render(request, "duties/appoint.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_DUTY_APPOINT)
def succeed(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Everything somebody answers for goes to one successor."""
    staff = Staff.objects.filter(id=staff_id).first()
    held = queries.held_by(staff) if staff else []
    mine = [
        duty for duty in held if queries.may_appoint(actor=request.actor, department_id=duty.department_id)
    ]
    if staff is None or not mine:
        raise Http404
    form = SuccessorForm(request.POST or None, department=mine[0].department_id)
    if request.method == "POST" and form.is_valid():
        try:
            services.succeed(
                actor=request.actor,
                staff_id=staff_id,
                successor=form.cleaned_data["successor"],
                now=clock.now(),
            )
        except PeopleError as error:
            form.add_error(None, error.text.in_(get_language() or "zh-hans"))
        else:
            messages.success(request, _("职责已全部交接。"))
            return redirect("people:duties")
    language = get_language() or "zh-hans"
    context = {
        "page_title": _("职责交接：%(name)s") % {"name": staff.display_name},
        "form": form,
        "held": [(duty.department.name, duty.name.in_(language)) for duty in mine],
    }
    return render(request, "duties/succeed.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.PEOPLE_DUTY_APPOINT)
def end(request: StaffRequest, duty_id: UUID) -> HttpResponse:
    try:
        services.end(actor=request.actor, duty_id=duty_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, error.text.in_(get_language() or "zh-hans"))
    else:
        messages.success(request, _("已免去；该环节没有责任人时会列为差异。"))
    return redirect("people:duties")
