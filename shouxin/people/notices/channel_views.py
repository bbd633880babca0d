"""The screen of a system administrator: whether notices leave the house, and who cannot be told."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock, mail
from shouxin.kit.connections import State, examine
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.notices import forms, presenting, queries, services
from shouxin.people.problems import PeopleError

MOST = 50
WHY = {
    State.UNREACHABLE: gettext_lazy("连接不上"),
    State.CERTIFICATE_REFUSED: gettext_lazy("对方证书无效"),
    State.TURNED_AWAY: gettext_lazy("拒绝登录"),
}


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_NOTICE_MANAGE)
def channels(request: StaffRequest) -> HttpResponse:
    form = forms.HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.allow_host(actor=request.actor, now=clock.now(), **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, error.text.in_(presenting.language()))
        else:
            messages.success(request, _("已允许。"))
            return redirect("people:notice_channels")
    context = {
        "page_title": _("通知渠道"),
        "form": form,
        "hosts": queries.hosts(),
        "traffic": queries.traffic(request.actor, clock.now()),
        "failing": [
            (name, one, presenting.outcome(one.outcome))
            for name, one in queries.owners_of(queries.failing()[:MOST])
        ],
        "mail": mail.is_configured(),
        "address": settings.PUBLIC_ADDRESS,
    }
    return render(request, "notices/channels.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(Permission.PEOPLE_NOTICE_MANAGE)
def try_mail(request: StaffRequest) -> HttpResponse:
    """Speak to the mail server as a mail would, and send nothing."""
    outcome = examine(mail.CONNECTION)[0]
    if outcome.state is State.OK:
        messages.success(request, _("邮件服务器可以连接（%(how)s）。") % {"how": outcome.protocol})
    elif outcome.state is State.NOT_CONFIGURED:
        messages.warning(request, _("没有配置邮件服务器（SHOUXIN_SMTP）。"))
    else:
        detail = outcome.detail.in_(presenting.language()) if outcome.detail else ""
        messages.error(
            request,
            _("邮件服务器 %(target)s 不可用：%(why)s")
            % {"target": outcome.target, "why": detail or str(WHY.get(outcome.state, ""))},
        )
    return redirect("people:notice_channels")


@require_POST
@allowed(Permission.PEOPLE_NOTICE_MANAGE)
def end_host(request: StaffRequest, host_id: UUID) -> HttpResponse:
    try:
        services.end_host(actor=request.actor, host=host_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, error.text.in_(presenting.language()))
    else:
        messages.success(request, _("已停用，其上登记的地址已删除。"))
    return redirect("people:notice_channels")
