"""Whoever has typed number and code sees the case for a quarter of an hour: the browser keeps a signed note of it.

Neither number nor code stands in an address; the note opens nothing but this one case, and only below /my/.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

from shouxin.core.policy.decision import FRESH_FOR
from shouxin.portal.entering import doors

COOKIE, SALT = "shouxin-my-follow", "shouxin portal follow"
PROVED, PROVED_SALT = "shouxin-my-proved", "shouxin portal proved"
LASTS, FRESH = timedelta(minutes=15), FRESH_FOR


def keep(response: HttpResponse, kind: str, thing: UUID) -> None:
    """This browser has shown the code of `thing`."""
    note = signing.dumps([kind, str(thing)], salt=SALT)
    doors.keep(response, COOKIE, note, int(LASTS.total_seconds()))


def shown(request: HttpRequest, kind: str) -> UUID | None:
    """The thing of `kind` whose code this browser has shown; None for anything else."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return UUID(found[1]) if found[0] == kind else None


def prove(response: HttpResponse, case: UUID, at: datetime) -> None:
    """This browser has typed the code that went to the contact left with `case`."""
    note = signing.dumps([str(case), at.isoformat()], salt=PROVED_SALT)
    doors.keep(response, PROVED, note, int(FRESH.total_seconds()))


def proved_at(request: HttpRequest, case: UUID) -> datetime | None:
    """When it did, if it holds still."""
    try:
        found = signing.loads(request.COOKIES.get(PROVED, ""), salt=PROVED_SALT, max_age=FRESH)
    except signing.BadSignature:
        return None
    return datetime.fromisoformat(found[1]) if found[0] == str(case) else None


def drop(response: HttpResponse) -> None:
    for name in (COOKIE, PROVED):
        response.delete_cookie(name, path=doors.PATH)
