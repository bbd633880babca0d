"""The page on which somebody chooses how their screens look."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.preferences import services
from shouxin.people.preferences.forms import DisplayForm


@require_http_methods(["GET", "HEAD", "POST"])
@allowed()
def display(request: StaffRequest) -> HttpResponse:
    staff, now = request.user, clock.now()
    initial = {"time_zone": staff.time_zone, "compact": "1" if staff.compact else ""}
    form = DisplayForm(request.POST or None, now=now, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.choose_display(
            actor=request.actor,
            time_zone=form.cleaned_data["time_zone"],
            compact=bool(form.cleaned_data["compact"]),
        )
        messages.success(request, _("已保存，从现在起按此显示。"))
        return redirect("people:display")
    return render(
        request, "preferences/display.html", {"form": form}, status=422 if request.method == "POST" else 200
    )
