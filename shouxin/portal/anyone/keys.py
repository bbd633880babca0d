"""Whoever has typed number and code sees the case for a quarter of an hour: the browser keeps a signed note of it.

Neither number nor code stands in an address; the note opens nothing but this one case, and only below /my/.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

from shouxin.portal.entering import doors

COOKIE, SALT = "shouxin-my-follow", "shouxin portal follow"
LASTS = timedelta(minutes=15)


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


def drop(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=doors.PATH)
