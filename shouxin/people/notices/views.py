"""Screens of one's own notices: the list, opening one, and the settings."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.kit import clock, lists, mail
from shouxin.kit.lists import Listed
from shouxin.people.doors import StaffRequest, allowed, opens_to
from shouxin.people.lists import reading
from shouxin.people.notices import choosing, forms, presenting, queries, rules, services
from shouxin.people.notices.models import Channel, Preference
from shouxin.people.problems import PeopleError
from shouxin.people.thresholds.queries import value

KEY = "notices"
lists.register(Listed(KEY, "people:notices", ("show",), lists.by_age()))


def _words(error: PeopleError) -> str:
    return error.text.in_(presenting.language())


@require_GET
@allowed()
def notice_list(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    show = asked.query.get("show", "all" if reading.ALL in request.GET else "unread")
    show = show if show in queries.SHOWS else "unread"
    found = queries.listed(request.actor, show)
    page = lists.window(found, asked.sort, asked.place)
    context = {
        **asked.context(page, found),
        "page_title": _("通知"),
        "rows": presenting.rows(page.rows, choosing.wish_of(request.actor.id).zone),
        "show": show,
        "tabs": [
            ("unread", _("未读")),
            ("all", _("全部")),
            ("approval", _("待我处理")),
            ("due", _("到期提醒")),
            ("result", _("办理结果")),
            ("security", _("安全与应急")),
        ],
        "failing": any(one.failures for one in queries.addresses(request.actor).values()),
        "kept": value(rules.KEPT),
    }
    return render(request, "notices/list.html", context)


@require_GET
@allowed()
def notice_open(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    """Read, and on to what it speaks of; whoever is somebody else finds nothing here."""
    found = services.read(actor=request.actor, notice=notice_id, now=clock.now())
    if found is None:
        raise Http404
    if not opens_to(request.actor.permissions, found.path):
        messages.info(request, _("您的角色已变，这条通知指向的页面不再对您开放。"))
        return redirect(f"{reverse('people:notices')}?show=all")
    return redirect(found.path)


@require_POST
@allowed()
def read_all(request: StaffRequest) -> HttpResponse:
    services.read_all(actor=request.actor, now=clock.now())
    return redirect("people:notices")


@require_POST
@allowed()
def read_one(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    if services.read(actor=request.actor, notice=notice_id, now=clock.now()) is None:
        raise Http404
    return redirect("people:notices")


@require_http_methods(["GET", "POST"])
@allowed()
def settings(request: StaffRequest) -> HttpResponse:
    wish = choosing.wish_of(request.actor.id)
    chosen = Preference.objects.filter(staff_id=request.actor.id).exists()
    form = forms.WishForm(request.POST or None, wish=wish, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            offered = [kind.key for _group, found in queries.kinds_for(request.actor) for kind in found]
            wanted = form.wanted(request.POST, offered)
            services.choose(actor=request.actor, wanted=wanted, now=clock.now())
        except PeopleError as error:
            form.add_error(None, _words(error))
        else:
            messages.success(request, _("已保存。"))
            return redirect("people:notice_settings")
    return _settings_page(request, form)


def _settings_page(request: StaffRequest, form: forms.WishForm, **wrong: Form) -> HttpResponse:
    own = queries.addresses(request.actor)
    context: dict[str, Any] = {
        "page_title": _("通知设置"),
        "form": form,
        "zone": request.user.time_zone,
        "groups": presenting.table(request.actor),
        "mail_works": mail.is_configured(),
        "mail": presenting.own_address(own.get(Channel.MAIL)),
        "robot": presenting.own_address(own.get(Channel.ROBOT)),
        "hosts": queries.hosts(),
        "mail_form": wrong.get("mail", forms.MailForm()),
        "code_form": wrong.get("code", forms.CodeForm()),
        "robot_form": wrong.get("robot", forms.RobotForm()),
    }
    status = 422 if wrong or (form.is_bound and form.errors) else 200
    return render(request, "notices/settings.html", context, status=status)


@require_POST
@allowed()
def address(request: StaffRequest, verb: str) -> HttpResponse:
    """Enter, confirm, try or remove one's own address."""
    form, act, done = _verbs(request)[verb]
    if form is None or form.is_valid():
        try:
            act()
        except PeopleError as error:
            if form is None:
                messages.error(request, _words(error))
                return redirect("people:notice_settings")
            form.add_error(None, _words(error))
        else:
            messages.success(request, done)
            return redirect("people:notice_settings")
    wish = choosing.wish_of(request.actor.id)
    return _settings_page(request, forms.WishForm(wish=wish, chosen=True), **{verb: form})


def _verbs(request: StaffRequest) -> dict[str, Any]:
    """What each verb checks, does and says."""
    actor, now = request.actor, clock.now()
    mail_form, code, robot = (
        form(request.POST) for form in (forms.MailForm, forms.CodeForm, forms.RobotForm)
    )
    return {
        "mail": (
            mail_form,
            lambda: services.set_mail(actor=actor, address=mail_form.cleaned_data["address"], now=now),
            _("验证码已发送，请查收后填入。"),
        ),
        "code": (
            code,
            lambda: services.confirm_mail(actor=actor, code=code.cleaned_data["code"], now=now),
            _("邮箱已确认，通知将发到这里。"),
        ),
        "robot": (
            robot,
            lambda: services.set_robot(actor=actor, url=robot.cleaned_data["url"], now=now),
            _("已登记。可以试发一条看看。"),
        ),
        **{
            f"{verb}-{channel}": (None, _act(verb, actor, channel, now), said)
            for channel in Channel.values
            for verb, said in (("test", _("测试通知已发出。")), ("forget", _("地址已删除。")))
        },
    }


def _act(verb: str, actor: Any, channel: str, now: Any) -> Any:
    if verb == "test":
        return lambda: services.send_test(actor=actor, channel=channel, now=now)
    return lambda: services.forget(actor=actor, channel=channel)
