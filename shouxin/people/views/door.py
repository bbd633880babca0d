"""The one door: signing in and out, one's own password, the first set-up, the purpose of the moment."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import View

from shouxin.kit import clock
from shouxin.people import queries, rules, services, signin, working_purpose
from shouxin.people.doors import StaffRequest, allowed, onward
from shouxin.people.federation import queries as federation
from shouxin.people.forms import PasswordForm, SetUpForm, SignInForm
from shouxin.people.models import Staff
from shouxin.people.second_factor import doors, session
from shouxin.people.second_factor import services as second_factor
from shouxin.people.second_factor.proofs import PASSWORD
from shouxin.people.second_factor.services import Outcome
from shouxin.people.second_factor.views import second_step_address
from shouxin.people.services import PeopleError

SETUP_TOKEN = "setup_token"  # noqa: S105 - the name of a session key


def words(error: PeopleError) -> str:
    """What a refused change says, in the language of the page."""
    return error.text.in_(get_language() or "zh-hans")


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """The answer while a name is locked; the same whether or not the name exists."""
    signin.record_failure(user_name=request.POST.get("username", ""), cause="locked")
    return _locked(request)


def _locked(request: HttpRequest) -> HttpResponse:
    minutes = int(rules.LOCK_LASTS.total_seconds() // 60)
    return render(request, "people/locked.html", {"minutes": minutes}, status=429)


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(View):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("/")
        return render(
            request,
            "people/sign_in.html",
            {
                "form": SignInForm(request),
                "next": request.GET.get("next", ""),
                "offered": federation.offered(),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        since = clock.now() - rules.LOCK_LASTS
        failures = queries.recent_failures(address=request.META.get("REMOTE_ADDR", ""), since=since)
        if rules.address_is_spent(failures):
            return _locked(request)
        form = SignInForm(request, data=request.POST)
        try:
            right = form.is_valid()
        except signin.Away as away:
            signin.record_failure(user_name=request.POST.get("username", ""), cause="outside_away")
            return render(request, "people/away.html", {"name": away.name}, status=503)
        if right:
            return _password_was_right(request, form.get_user())
        if not getattr(request, "axes_locked_out", False):
            signin.record_failure(user_name=request.POST.get("username", ""), cause="wrong_password")
        page = {"form": form, "next": request.POST.get("next", ""), "offered": federation.offered()}
        return render(request, "people/sign_in.html", page, status=422)


def _password_was_right(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Inside, where the log-in has no second factor; else to the second step, with nobody signed in yet."""
    onwards = onward(request, settings.LOGIN_REDIRECT_URL)
    if staff.second_factor_at is not None:
        session.begin_second_step(request, staff)
        return redirect(second_step_address("" if onwards == settings.LOGIN_REDIRECT_URL else onwards))
    login(request, staff)
    session.note_proof(request, PASSWORD)
    signin.record_sign_in(actor=queries.actor_of(staff))
    return redirect(onwards)


@require_POST
@allowed()
def sign_out(request: StaffRequest) -> HttpResponse:
    signin.record_sign_out(actor=request.actor)
    logout(request)
    messages.success(request, _("已退出登录。"))
    return redirect("people:sign_in")


@method_decorator([allowed(), never_cache, sensitive_post_parameters("old", "new", "again")], name="dispatch")
class Password(View):
    def get(self, request: StaffRequest) -> HttpResponse:
        return render(request, "people/password.html", {"form": PasswordForm(staff=request.user)})

    def post(self, request: StaffRequest) -> HttpResponse:
        old = second_factor.check_password(
            actor=request.actor,
            typed=request.POST.get("old", ""),
            address=request.META.get("REMOTE_ADDR", ""),
        )
        form = PasswordForm(request.POST, staff=request.user, old_problem=_old_problem(old))
        if form.is_valid():
            try:
                staff = services.change_password(actor=request.actor, password=form.cleaned_data["new"])
            except PeopleError as error:
                form.add_error("new", words(error))
            else:
                update_session_auth_hash(request, staff)
                messages.success(request, _("密码已修改，其他地方的登录已失效。"))
                return redirect("/")
        status = doors.STATUS.get(old, 422)
        return render(request, "people/password.html", {"form": form}, status=status)


def _old_problem(outcome: Outcome) -> str:
    if outcome is Outcome.LOCKED:
        return doors.words(outcome)
    return "" if outcome is Outcome.PASSED else _("原密码不正确。")


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("first_password", "second_password")],
    name="dispatch",
)
class SetUp(View):
    """The token moves from the address into the session at once, so that no history keeps it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if "token" in request.GET:
            request.session[SETUP_TOKEN] = request.GET["token"]
            return redirect("people:set_up")
        if queries.setup_link_of(request.session.get(SETUP_TOKEN, "")) is None:
            return render(request, "people/link_over.html", status=404)
        return render(request, "people/set_up.html", {"form": SetUpForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        token = request.session.get(SETUP_TOKEN, "")
        if queries.setup_link_of(token) is None:
            return render(request, "people/link_over.html", status=404)
        form = SetUpForm(request.POST)
        if form.is_valid():
            organisation = form.cleaned_data["organisation"]
            try:
                made = services.set_up(token=token, organisation=organisation, founders=form.founders())
            except PeopleError as error:
                form.add_error(None, words(error))
            else:
                del request.session[SETUP_TOKEN]
                return render(request, "people/set_up_done.html", {"made": made})
        return render(request, "people/set_up.html", {"form": form}, status=422)


@require_POST
@allowed()
def purpose(request: StaffRequest) -> HttpResponse:
    if not working_purpose.choose(request, request.actor, request.POST.get("purpose", "")):
        messages.error(request, _("该处理目的对您不可用。"))
    return redirect(onward(request, "/"))
