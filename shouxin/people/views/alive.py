"""Whether somebody is still signed in: asked by a page before it sends what was typed into it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from shouxin.people import working_purpose
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.models import Staff

_SALT = "shouxin.people.alive"


def mark_of(staff: Staff) -> str:
    """The same for one log-in in every session, and of no use to anybody else."""
    return salted_hmac(_SALT, str(staff.id), algorithm="sha256").hexdigest()[:32]


@require_GET
@never_cache
@allowed()
def session(request: StaffRequest) -> HttpResponse:
    """Who is signed in, by mark, with a fresh token for forms; strangers are sent to sign in instead."""
    return JsonResponse(
        {
            "who": mark_of(request.user),
            "csrf": get_token(request),
            "purpose": working_purpose.purpose_of(request, request.actor),
        }
    )


@require_GET
@never_cache
@login_not_required
def back(request: HttpRequest) -> HttpResponse:
    """Where signing in leads to in the window opened beside a page with something typed in it."""
    return render(request, "people/back.html")
