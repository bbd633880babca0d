"""Under which address customers reach this server: the links in messages begin with it."""

from django.conf import settings
from django.http import HttpRequest

from shouxin.customers.messages.rules import COMMERCIAL

PORTAL = "/my/"  # the customers' own page
LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})


def public(request: HttpRequest) -> str:
    """The organisation's own name for it (SHOUXIN_ADDRESS); where it is tried out on one machine, that machine.

    Empty where nobody said: a name that a request brings along is nobody's word for where links should lead.
    """
    if settings.PUBLIC_ADDRESS:
        return str(settings.PUBLIC_ADDRESS).rstrip("/")
    host = request.get_host()
    here = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return request.build_absolute_uri("/").rstrip("/") if here in LOCAL else ""


def portal(kind: str, origin: str) -> str:
    """Where somebody sees what is held about them: told with what is no offer."""
    return f"{origin}{PORTAL}" if origin and kind != COMMERCIAL else ""
