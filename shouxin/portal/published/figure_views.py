"""The public page of figures, and the one page where staff switch it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.portal.published import figures as counting
from shouxin.portal.published import switching
from shouxin.portal.published.switching import SwitchProblem

PROBLEMS = {
    "reason.none": gettext_lazy("请写明停用的原因。"),
    "switch.same": gettext_lazy("刚刚已有人改过，请看下面的记录。"),
}


class SwitchForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("停用原因（公开）"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def shown() -> dict[str, object]:
    """What stands on the page now: the figures, or since when and why there are none."""
    last = counting.switch()
    if last is not None and not last.on:
        return {"off": last}
    language, found = get_language() or "zh-hans", counting.current(clock.now())
    rows = [(name.in_(language), number.in_(language)) for name, number in counting.lines(found)]
    return {"rows": rows, "at": found.at}


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/figures.html", shown())


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(Permission.PORTAL_FIGURES_SWITCH)
def switch(request: StaffRequest) -> HttpResponse:
    last = counting.switch()
    on = last is None or last.on
    form = SwitchForm(request.POST if request.method == "POST" and on else None, label_suffix="")
    if request.method == "POST" and (not on or form.is_valid()):
        reason = form.cleaned_data["reason"] if on else ""
        try:
            switching.switch(actor=request.actor, on=not on, reason=reason, now=clock.now())
        except SwitchProblem as problem:
            messages.error(request, str(PROBLEMS[problem.code]))
        else:
            messages.success(request, _("已停用，公开页面显示原因。") if on else _("已恢复公开。"))
        return redirect("portal:figures")
    context = {
        "page_title": _("公开的保护情况"),
        "on": on,
        "form": form,
        "history": counting.history(),
        **shown(),
    }
    return render(request, "portal/staff/figures.html", context, status=422 if form.errors else 200)
