"""Screens of second factors: the second step of signing in, one's own factors, what roles need, resets."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic import View

from shouxin.core.policy import Permission, Role
from shouxin.people import queries as people
from shouxin.people import signin
from shouxin.people.doors import StaffRequest, allowed, onward
from shouxin.people.models import Staff
from shouxin.people.second_factor import (
    doors,
    enrolment,
    forms,
    passkeys,
    presenting,
    queries,
    rules,
    services,
    session,
)
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.second_factor.services import Outcome
from shouxin.people.services import PeopleError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BACKEND = "shouxin.people.signin.StaffBackend"
P = Permission


def words(error: PeopleError) -> str:
    return error.text.in_(get_language() or "zh-hans")


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters(forms.CODE, forms.PASSKEY)], name="dispatch"
)
class SecondStep(View):
    """After the right password, or after another door that let somebody in: the second factor, then inside."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        staff = _due(request)
        return redirect("people:sign_in") if staff is None else self._page(request, staff, None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        staff = _due(request)
        if staff is None:
            messages.info(request, _("等待过久，请重新输入密码。"))
            return redirect("people:sign_in")
        outcome = doors.prove(request, staff, "sign_in")
        if outcome is not Outcome.PASSED:
            return self._page(request, staff, outcome)
        session.forget_pending(request)
        proved = request.session[session.PROVED]
        login(request, staff, backend=BACKEND)
        request.session[session.PROVED] = proved
        signin.record_sign_in(actor=people.actor_of(staff))
        if proved["by"] == "recovery":
            _tell_codes_left(request, staff)
        return redirect(onward(request, "/"))

    def _page(self, request: HttpRequest, staff: Staff, outcome: Outcome | None) -> HttpResponse:
        page = {
            "next": request.POST.get("next") or request.GET.get("next", ""),
            **doors.step_context(request, staff, outcome),
        }
        status = doors.STATUS[outcome] if outcome else 200
        return render(request, "second_factor/step.html", page, status=status)


def _due(request: HttpRequest) -> Staff | None:
    """Whose second step this is: of a session between the steps, or of one that came in by another door."""
    if isinstance(request.user, Staff):
        return None if session.has_passed(request, request.user) else request.user
    return session.pending(request)


def _tell_codes_left(request: HttpRequest, staff: Staff) -> None:
    left = queries.recovery_codes_left(staff.id)
    text = _("已使用一个恢复码，还剩 %(left)s 个。") % {"left": left}
    if left <= rules.FEW_LEFT:
        text += _("请尽快在“二次认证”中重新生成。")
    messages.warning(request, text)


@require_GET
@never_cache
@allowed()
def mine(request: StaffRequest) -> HttpResponse:
    context = {
        "factors": queries.factors_of(request.user.id),
        "left": queries.recovery_codes_left(request.user.id),
        "few": rules.FEW_LEFT,
        "required": queries.is_required(request.user),
        "has_totp": queries.has_totp(request.user.id),
    }
    return render(request, "second_factor/mine.html", context)


@method_decorator([allowed(), never_cache, sensitive_post_parameters("code")], name="dispatch")
class SetUpTotp(View):
    """A secret waits sealed in the session until the app shows that it has it."""

    def get(self, request: StaffRequest) -> HttpResponse:
        return self._page(request, forms.SetUpForm(), 200)

    @method_decorator(fresh_second_factor())
    def post(self, request: StaffRequest) -> HttpResponse:
        form = forms.SetUpForm(request.POST)
        secret = enrolment.waiting_secret(request, request.user)
        if secret is None:
            messages.info(request, _("等待过久，请用新的二维码重来。"))
            return redirect("people:factor_totp")
        if form.is_valid():
            try:
                codes = services.set_up_totp(
                    actor=request.actor, secret=secret, code=form.cleaned_data["code"]
                )
            except PeopleError as error:
                form.add_error("code", words(error))
            else:
                enrolment.forget(request)
                return _taken_into_use(request, codes, "totp")
        return self._page(request, form, 422)

    def _page(self, request: StaffRequest, form: forms.SetUpForm, status: int) -> HttpResponse:
        secret = enrolment.secret_for(request, request.user)
        if secret is None:
            text = services.KEYS_AWAY.in_(get_language() or "zh-hans")
            return render(request, "second_factor/no_keys.html", {"text": text}, status=503)
        picture = segno.make(enrolment.address(request.user, secret), error="m").svg_inline(
            scale=5, border=2, dark="#000", light="#fff", svgclass="sx-qr", lineclass=None, omitsize=True
        )
        context = {
            "form": form,
            "picture": picture,
            "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
            "forced": queries.must_set_up(request.user),
            "replacing": queries.has_totp(request.user.id),
        }
        return render(request, "second_factor/totp.html", context, status=status)


def _taken_into_use(request: StaffRequest, codes: list[str], kind: str) -> HttpResponse:
    """This session goes on, the others end; new recovery codes are shown once."""
    staff = Staff.objects.get(id=request.user.id)
    update_session_auth_hash(request, staff)
    session.note_proof(request, kind)
    request.user = staff
    messages.success(request, _("二次认证已启用，其他地方的登录已失效。"))
    if codes:
        return _codes_page(request, codes)
    return redirect("people:factor_mine")


def _codes_page(request: StaffRequest, codes: list[str]) -> HttpResponse:
    return render(request, "second_factor/codes.html", {"codes": [rules.shown(code) for code in codes]})


@require_http_methods(["GET", "POST"])
@never_cache
@allowed()
@fresh_second_factor()
def renew_codes(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            return _codes_page(request, services.renew_recovery_codes(actor=request.actor))
        except PeopleError as error:
            messages.error(request, words(error))
            return redirect("people:factor_mine")
    return render(request, "second_factor/renew.html")


@method_decorator([allowed(), never_cache], name="dispatch")
class AddPasskey(View):
    def get(self, request: StaffRequest) -> HttpResponse:
        return self._page(request, 200)

    @method_decorator(fresh_second_factor())
    def post(self, request: StaffRequest) -> HttpResponse:
        credential = passkeys.made(request, request.POST.get("credential", ""))
        name = request.POST.get("name", "").strip()
        if credential is None or not name:
            messages.error(request, _("没有收到通行密钥，或等待过久。请重试，并给它起个名字。"))
            return self._page(request, 422)
        try:
            codes = services.set_up_passkey(actor=request.actor, name=name, credential=credential)
        except PeopleError as error:
            messages.error(request, words(error))
            return self._page(request, 422)
        return _taken_into_use(request, codes, "passkey")

    def _page(self, request: StaffRequest, status: int) -> HttpResponse:
        options = passkeys.options_to_add(request, request.user)
        context = {"options": options, "forced": queries.must_set_up(request.user)}
        return render(request, "second_factor/passkey.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allowed()
@fresh_second_factor()
def remove(request: StaffRequest, factor: int) -> HttpResponse:
    found = {one.id: one for one in queries.factors_of(request.user.id)}.get(factor)
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            staff = services.remove(actor=request.actor, factor=factor)
        except PeopleError as error:
            messages.error(request, words(error))
        else:
            update_session_auth_hash(request, staff)
            messages.success(request, _("已移除。"))
        return redirect("people:factor_mine")
    return render(request, "second_factor/remove.html", {"factor": found})


DEMAND_VERBS: dict[str, tuple[Callable[..., object], "StrOrPromise"]] = {
    "demand": (services.demand, gettext_lazy("已修改，立即生效。")),
    "ask-release": (services.ask_release, gettext_lazy("已提交，等另一人确认后生效。")),
    "release": (partial(services.decide_release, agree=True), gettext_lazy("已修改，立即生效。")),
    "keep": (partial(services.decide_release, agree=False), gettext_lazy("已处理，规定不变。")),
}


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_FACTOR_DEMAND, P.PEOPLE_FACTOR_CONFIRM)
@fresh_second_factor()
def demands(request: StaffRequest) -> HttpResponse:
    actor = request.actor
    if request.method == "POST":
        role, verb = request.POST.get("role", ""), DEMAND_VERBS.get(request.POST.get("verb", ""))
        if role not in set(Role) or verb is None:
            raise Http404
        service, said = verb
        try:
            service(actor=actor, role=Role(role))
        except PeopleError as error:
            messages.error(request, words(error))
        else:
            messages.success(request, str(said))
        return redirect("people:factor_demands")
    asked = [
        (role, row, row is not None and queries.may_release(actor=actor, demand=row))
        for role, row in queries.demands().items()
    ]
    waiting = request.GET.get("state") == "awaiting"
    context = {
        "mandatory": [] if waiting else [r for r in Role if r in rules.MANDATORY],
        "demands": [one for one in asked if one[2] or not waiting],
        "may_demand": actor.may(P.PEOPLE_FACTOR_DEMAND),
    }
    return render(request, "second_factor/demands.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_FACTOR_RESET)
@fresh_second_factor()
def ask_reset(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    try:
        staff = people.staff_member(actor=request.actor, staff_id=staff_id)
    except Staff.DoesNotExist as error:
        raise Http404 from error
    form = forms.ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_reset(actor=request.actor, staff_id=staff.id, reason=form.cleaned_data["reason"])
        except PeopleError as error:
            form.add_error(None, words(error))
        else:
            messages.success(request, _("已提交，等另一人确认后生效。"))
            return redirect("people:staff_detail", staff.id)
    status = 422 if request.method == "POST" else 200
    return render(request, "second_factor/ask_reset.html", {"staff": staff, "form": form}, status=status)


@require_GET
@allowed(P.PEOPLE_FACTOR_RESET, P.PEOPLE_FACTOR_CONFIRM)
def resets(request: StaffRequest) -> HttpResponse:
    waiting = request.GET.get("state") == "awaiting"
    found = queries.awaiting(request.actor) if waiting else queries.resets(actor=request.actor)
    rows = [(reset, queries.may_decide(actor=request.actor, reset=reset)) for reset in found[:100]]
    return render(request, "second_factor/resets.html", {"rows": rows})


@require_GET
@allowed(P.PEOPLE_FACTOR_RESET, P.PEOPLE_FACTOR_CONFIRM)
def reset(request: StaffRequest, reset_id: UUID) -> HttpResponse:
    found = queries.resets(actor=request.actor).filter(id=reset_id).first()
    if found is None:
        raise Http404
    return render(request, "second_factor/reset.html", presenting.reset_context(request.actor, found))


@require_POST
@allowed(P.PEOPLE_FACTOR_CONFIRM)
@fresh_second_factor("confirm")
def decide_reset(request: StaffRequest, reset_id: UUID, verb: str) -> HttpResponse:
    if not queries.resets(actor=request.actor).filter(id=reset_id).exists():
        raise Http404
    try:
        if verb == "confirm":
            services.confirm_reset(actor=request.actor, reset_id=reset_id)
        else:
            services.refuse_reset(actor=request.actor, reset_id=reset_id)
    except PeopleError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, _("已处理。"))
    return redirect("people:factor_resets")


def second_step_address(next_page: str) -> str:
    """The address of the second step, keeping where somebody wants to go."""
    return reverse("people:second_step") + (f"?{urlencode({'next': next_page})}" if next_page else "")
