"""Times on a page are shown in the zone of whoever reads it; days that decide something are the organisation's."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from shouxin.people.models import Staff
from shouxin.people.preferences.rules import DEFAULT_ZONE, ZONES


class ReadersTime:
    """Middleware: the reader's zone while the view runs, and nobody's afterwards."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self._handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._handler(request)
        finally:
            timezone.deactivate()

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if isinstance(request.user, Staff):
            zone = request.user.time_zone
            timezone.activate(ZoneInfo(zone if zone in ZONES else DEFAULT_ZONE))
