"""What stands before every page of the portal: a session of its own, which no member of staff's can stand in for."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from shouxin.core.policy import Actor, customer_actor
from shouxin.kit import clock
from shouxin.portal.entering import queries, rules
from shouxin.portal.entering.models import Session

PATH = "/my/"
SESSION, ENTRY = "shouxin-my", "shouxin-my-entry"
_MARK = "shouxin.portal.entering"

P = ParamSpec("P")


class CustomerRequest(HttpRequest):
    """A request of a customer who is in. It has no `actor` of staff; `me` is who acts."""

    mine: Session
    me: Actor


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def session_of(request: HttpRequest) -> Session | None:
    return queries.live(request.COOKIES.get(SESSION, ""), clock.now())


def mark_of(session: Session) -> str:
    """The same for one customer in every session, and of no use to anybody else."""
    return salted_hmac(_MARK, str(session.customer_id), algorithm="sha256").hexdigest()[:32]


def for_customers(
    view: Callable[Concatenate[CustomerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A view for whoever is in; others are led to the door, and lose what no longer opens anything."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = session_of(request)
        if found is None:
            answer = redirect("my:sign_in")
            if SESSION in request.COOKIES:
                answer.delete_cookie(SESSION, path=PATH)
            return answer
        known = cast("CustomerRequest", request)
        known.mine = found
        known.me = customer_actor(
            found.customer_id, second_factor_at=found.second_factor_at, second_apart=found.second_apart
        )
        return view(known, *args, **kwargs)

    update_wrapper(guarded, view)
    return guarded


def keep_entry(response: HttpResponse, token: str) -> None:
    """The browser that asked for a code is the only one that may type it."""
    keep(response, ENTRY, token, int(rules.CODE_LASTS.total_seconds()))


def let_in(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    """A new token at every sign-in, whatever the browser brought; what it brought ends."""
    rotate_token(request)
    response.delete_cookie(ENTRY, path=PATH)
    keep(response, SESSION, token, None)
    return response


def keep(response: HttpResponse, name: str, token: str, seconds: int | None) -> None:
    """A cookie of the portal: for these pages alone, unread by scripts."""
    response.set_cookie(
        name,
        token,
        max_age=seconds,
        path=PATH,
        secure=settings.ENCRYPTED,
        httponly=True,
        samesite="Lax",
    )
