"""Screens of sight: what waits to be confirmed, and one person's present and earlier settings."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission, Role, Sight
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.sights import presenting, queries, rules, services
from shouxin.people.sights.events import sight_name
from shouxin.people.sights.models import SightSetting

P = Permission


class SightForm(forms.Form):
    """Narrower or wider than the roles; empty is what the roles give."""

    sight = forms.ChoiceField(label=gettext_lazy("可见范围"), required=False)

    def __init__(self, *args: object, staff: Staff, **kwargs: object) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})  # type: ignore[arg-type]
        language = get_language() or "zh-hans"
        given = rules.of_roles({Role(role) for role in staff.roles})
        self.fields["sight"].choices = [  # type: ignore[attr-defined]
            ("", _("按角色：%(sight)s") % {"sight": rules.NAMES[given].in_(language)}),
            *((sight.value, rules.NAMES[sight].in_(language)) for sight in rules.ORDER if sight is not given),
        ]


@require_GET
@allowed(P.PEOPLE_SIGHT_CONFIRM, P.PEOPLE_SIGHT_SET)
def waiting(request: StaffRequest) -> HttpResponse:
    language = get_language() or "zh-hans"
    context = {
        "page_title": _("待确认的可见范围"),
        "rows": [(one, sight_name(one.sight, language)) for one in queries.waiting(request.actor)],
    }
    return render(request, "sights/waiting.html", context)


@require_http_methods(["GET", "POST"])
@allowed()
def one_person(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """How far somebody sees; everybody may look at their own."""
    staff, may_set = _staff(request, staff_id), request.actor.may(P.PEOPLE_SIGHT_SET)
    form = SightForm(request.POST or None, staff=staff, initial={"sight": staff.sight}) if may_set else None
    if request.method == "POST" and form is None:
        raise Http404
    if request.method == "POST" and form is not None and form.is_valid():
        chosen = form.cleaned_data["sight"]
        sight = Sight(chosen) if chosen else None
        try:
            services.ask(actor=request.actor, staff_id=staff_id, sight=sight, now=clock.now())
        except PeopleError as error:
            form.add_error(None, error.text.in_(get_language() or "zh-hans"))
        else:
            messages.success(
                request, _("已设定。比角色更宽的由个人信息保护负责人确认，其余由部门负责人确认，确认后生效。")
            )
            return redirect("people:sight", staff_id)
    context = {**presenting.detail_context(request.actor, staff), "form": form}
    return render(request, "sights/person.html", context, status=422 if form and form.errors else 200)


def _staff(request: StaffRequest, staff_id: UUID) -> Staff:
    """The actor, or somebody whom the actor may know of; unknown and hidden look alike."""
    if staff_id == request.actor.id:
        return request.user
    if not request.actor.may(P.PEOPLE_STAFF_READ):
        raise Http404
    try:
        return people.staff_member(actor=request.actor, staff_id=staff_id)
    except Staff.DoesNotExist as error:
        raise Http404 from error


@require_POST
@allowed(P.PEOPLE_SIGHT_CONFIRM)
@fresh_second_factor()
def confirm(request: StaffRequest, setting_id: UUID) -> HttpResponse:
    setting = SightSetting.objects.select_related("staff", "set_by").filter(id=setting_id).first()
    if setting is None or queries.confirming(actor=request.actor, setting=setting) is None:
        raise Http404
    try:
        services.confirm(actor=request.actor, setting_id=setting_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, error.text.in_(get_language() or "zh-hans"))
    else:
        messages.success(request, _("可见范围已确认，立即生效。"))
    return redirect("people:sights")
