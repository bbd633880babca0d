"""What stands before every page: signed in, second factor, session alive, password changed, the permission it needs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import update_wrapper
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from shouxin.core.policy import OPENS_CUSTOMER_DATA, Actor, NotAllowed, Permission
from shouxin.kit import clock
from shouxin.kit.registry import Registry
from shouxin.people import queries, rules, signin
from shouxin.people.models import Staff
from shouxin.people.second_factor import doors as second_factor
from shouxin.people.second_factor import session
from shouxin.people.thresholds.queries import values

STARTED, SEEN = "session_started", "session_seen"
_SEEN_STEP = 60  # seconds; the session row is rewritten at most once a minute
# Doors of programs: they carry tokens of their own, or tell nothing but "ready".
PROGRAM_PATHS = ("/api/", "/ledger/", "/scim/", "/healthz", "/readyz")
CUSTOMER_PATH = "/my/"  # their own door, with sessions of its own: a member of staff's opens nothing there
# What a log-in with a first password may still open.
_BEFORE_PASSWORD = frozenset({"people:password", "people:sign_out", "set_language"})

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request behind the doors: somebody is signed in, and `actor` is who they are to every service."""

    user: Staff
    actor: Actor


# What stands between a member of staff and their first customer page: each gives the address that leads past it, or
# None. The gate refuses whoever comes another way; this only spares people the refusal.
before_customers: Registry[Callable[[StaffRequest], str | None]] = Registry("before customers")


def allowed(
    *needed: Permission,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """A view for those who hold any one of `needed`; with none named, for everybody who is signed in."""

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            staff_request = cast("StaffRequest", request)
            if needed and not staff_request.actor.permissions & frozenset(needed):
                raise PermissionDenied
            if OPENS_CUSTOMER_DATA & frozenset(needed):
                for leads in before_customers.values():
                    if address := leads(staff_request):
                        return redirect(address)
            return view(staff_request, *args, **kwargs)

        update_wrapper(guarded, view)
        guarded.needed = frozenset(needed)  # type: ignore[attr-defined]  # read by `opens_to`
        return guarded

    return decorate


def opens_to(permissions: frozenset[Permission], address: str) -> bool:
    """Whether the door of the page at `address` opens to whoever holds these; one that leads nowhere does not."""
    try:
        view = resolve(urlsplit(address).path).func
    except Resolver404:
        return False
    needed: frozenset[Permission] | None = getattr(view, "needed", None)
    return needed is not None and (not needed or bool(needed & permissions))


def onward(request: HttpRequest, fallback: str) -> str:
    """Where the form wants to lead, if that is a page of this installation."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else fallback


def begin_session(request: HttpRequest, **_: object) -> None:
    """Start counting the idle and the absolute end of a session that was just signed in (signal receiver)."""
    stamp = int(clock.now().timestamp())
    request.session[STARTED] = stamp
    request.session[SEEN] = stamp


class Doors(LoginRequiredMiddleware):
    """No page opens without sign-in unless it says so itself (`login_not_required`)."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[object, ...],
        view_kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        """Send strangers to the one door, end old sessions, and keep first passwords out of everything else."""
        if request.path.startswith((*PROGRAM_PATHS, CUSTOMER_PATH)):
            return None
        if isinstance(request.user, Staff):
            request.actor = replace(  # type: ignore[attr-defined]
                queries.actor_of(request.user), second_factor_at=session.proved_at(request, request.user)
            )
            answer = (
                _ended(request)
                or second_factor.second_step_first(request, request.user)
                or _password_first(request)
                or second_factor.set_up_first(request, request.user)
            )
            if answer is not None:
                return answer
        return super().process_view(request, view_func, view_args, view_kwargs)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:  # noqa: ARG002 - Django's signature
        """A service's "not allowed" is the same closed door as a view's."""
        if isinstance(exception, NotAllowed):
            raise PermissionDenied from exception


def _ended(request: HttpRequest) -> HttpResponse | None:
    """Close a session that was idle or has lasted too long; otherwise note that it was seen."""
    now = clock.now()
    started, seen = (request.session.get(key, 0) for key in (STARTED, SEEN))
    over = _over(datetime.fromtimestamp(started, UTC), datetime.fromtimestamp(seen, UTC), now)
    # Sessions from before a suspension do not come back with the rights.
    resumed = cast("StaffRequest", request).user.resumed_at
    over = over or (resumed is not None and started < resumed.timestamp())
    if over:
        signin.record_session_end(actor=cast("StaffRequest", request).actor, cause="idle_or_expired")
        logout(request)
        messages.info(request, _("登录已到期，请重新登录。没有提交任何内容。"))
        return redirect("people:sign_in")
    if now.timestamp() - seen >= _SEEN_STEP:
        request.session[SEEN] = int(now.timestamp())
    return None


def _over(started: datetime, seen: datetime, now: datetime) -> bool:
    """By the limits that hold now; nobody looks them up for a session that is over by none there could be."""
    shortest = {
        "idle": timedelta(minutes=rules.IDLE.least),
        "absolute": timedelta(hours=rules.LONGEST_SESSION.least),
    }
    if not rules.session_over(started=started, seen=seen, now=now, **shortest):
        return False
    minutes, hours = values(rules.IDLE, rules.LONGEST_SESSION)
    return rules.session_over(
        started=started, seen=seen, now=now, idle=timedelta(minutes=minutes), absolute=timedelta(hours=hours)
    )


def _password_first(request: HttpRequest) -> HttpResponse | None:
    match = request.resolver_match
    staff = cast("StaffRequest", request).user
    if not staff.must_change_password or match is None or match.view_name in _BEFORE_PASSWORD:
        return None
    return redirect("people:password")
