"""Suspending a person and giving back, from their page."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.suspensions import queries, services
from shouxin.people.suspensions.models import Suspension

P = Permission


class CauseForm(forms.Form):
    cause = forms.TypedChoiceField(
        label=gettext_lazy("原因"), choices=Suspension.Cause.choices, coerce=Suspension.Cause
    )


def _theirs(request: StaffRequest, staff_id: UUID) -> Staff:
    staff = Staff.objects.filter(id=staff_id).first()
    if staff is None or not queries.may_suspend(actor=request.actor, staff=staff):
        raise Http404
    return staff


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_STAFF_SUSPEND)
def suspend(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    staff = _theirs(request, staff_id)
    form = CauseForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            services.suspend(
                actor=request.actor, staff_id=staff_id, cause=form.cleaned_data["cause"], now=clock.now()
            )
        except PeopleError as error:
            form.add_error(None, error.text.in_(get_language() or "zh-hans"))
        else:
            messages.success(request, _("已暂停，立即生效；此人的所有登录名都已退出。"))
            return redirect("people:staff_detail", staff_id)
    context = {
        "page_title": _("暂停人员"),
        "staff": staff,
        "form": form,
        "history": queries.history(staff),
    }
    return render(request, "suspensions/suspend.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.PEOPLE_STAFF_SUSPEND)
@fresh_second_factor()
def resume(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    _theirs(request, staff_id)
    try:
        services.resume(actor=request.actor, staff_id=staff_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, error.text.in_(get_language() or "zh-hans"))
    else:
        messages.success(request, _("已恢复，仍有效的角色重新生效。"))
    return redirect("people:staff_detail", staff_id)
