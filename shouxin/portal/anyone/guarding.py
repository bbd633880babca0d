"""Programs and floods are kept out of the forms that anybody may send."""

from django.http import HttpRequest
from django.utils.translation import get_language

from shouxin.kit import clock
from shouxin.kit.bots import services as bots
from shouxin.kit.bots.problems import Turned
from shouxin.people.guarding import queries as guard
from shouxin.portal.entering import doors
from shouxin.portal.entering.errors import PROBLEMS


def turned(request: HttpRequest, form: str) -> str:
    """Why nothing of this is looked at, in words; empty when it is."""
    address, now = doors.address_of(request), clock.now()
    if guard.portal_closed_to(address=address, now=now):
        return closed()
    try:
        bots.admit(form=form, sent=request.POST.dict(), address=address, now=now)
    except Turned as problem:
        return problem.text.in_(get_language() or "zh-hans")
    return ""


def closed() -> str:
    return PROBLEMS["address.closed"].in_(get_language() or "zh-hans")
