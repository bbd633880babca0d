"""Where the guard hears of signing in: Django's signals, sent by whichever door let somebody in or not."""

from typing import Any

from django.http import HttpRequest

from shouxin.kit import clock
from shouxin.people.guarding import queries, services
from shouxin.people.models import Staff


def address_of(request: HttpRequest | None) -> str:
    return request.META.get("REMOTE_ADDR", "") if request is not None else ""


def failed(
    request: HttpRequest | None = None, credentials: dict[str, Any] | None = None, **_: object
) -> None:
    """A name and password that opened nothing (signal receiver)."""
    address = address_of(request)
    if not address:
        return
    given = credentials or {}
    name = str(given.get("username") or given.get(Staff.USERNAME_FIELD) or "")
    staff = Staff.objects.filter(user_name__iexact=Staff.normalize_username(name).strip()).first()
    services.sign_in_failed(address=address, account=staff.id if staff else None, now=clock.now())


def entered(request: HttpRequest | None = None, user: object = None, **_: object) -> None:
    """Somebody signed in, by whichever door (signal receiver)."""
    address = address_of(request)
    if address and isinstance(user, Staff):
        services.note_place(staff=user, address=address, now=clock.now())


def refused(request: HttpRequest, staff: Staff | None) -> None:
    """Another door than the password's let nobody in."""
    if address := address_of(request):
        services.sign_in_failed(address=address, account=staff.id if staff else None, now=clock.now())


def blocked(request: HttpRequest) -> bool:
    """Whether nobody at all comes in from where this request comes from."""
    address = address_of(request)
    return bool(address) and queries.blocked(address=address, now=clock.now())


def closed_to(request: HttpRequest | None, staff: Staff | None) -> bool:
    """Whether the guard keeps this request from signing in as `staff`; asked before a password is looked at."""
    address = address_of(request)
    account = staff.id if staff else None
    return bool(address) and queries.closed_to(address=address, account=account, now=clock.now())
