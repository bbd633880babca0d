"""What every page of the console is given: who is here, their menu, their purpose, the watermark."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language

from shouxin.console import bench
from shouxin.console.handbook.presenting import explanation
from shouxin.console.menu import Menu
from shouxin.core.policy import OPENS_CUSTOMER_DATA, Actor
from shouxin.operations.demo.queries import is_demonstration
from shouxin.people import readers, working_purpose
from shouxin.people.models import Staff
from shouxin.people.notices import presenting as notices
from shouxin.people.preferences.rules import DEFAULT_ZONE, offset
from shouxin.people.views.alive import mark_of

WATERMARK_TILES = 48


class Shell:
    """Computed only when a template asks for it, so that fragments and errors cost nothing."""

    def __init__(self, request: HttpRequest, staff: Staff, actor: Actor) -> None:
        self._request, self._staff, self._actor = request, staff, actor
        self.name = staff.display_name
        self.department = staff.department
        self.compact = staff.compact
        self.languages = [code for code, _name in settings.LANGUAGES]
        self.watermark_tiles = range(WATERMARK_TILES)

    @cached_property
    def roles(self) -> list[str]:
        return [readers.role_name(role, get_language() or "zh-hans") for role in self._staff.roles]

    @cached_property
    def _choices(self) -> list[working_purpose.PurposeChoice]:
        return working_purpose.choices(self._actor)

    @cached_property
    def purposes(self) -> list[dict[str, str]]:
        language = get_language() or "zh-hans"
        return [{"key": choice.key, "name": choice.name.in_(language)} for choice in self._choices]

    @cached_property
    def coming_purposes(self) -> list[str]:
        """Names of purposes that are approved and cannot be chosen yet."""
        language = get_language() or "zh-hans"
        return [choice.name.in_(language) for choice in working_purpose.not_yet(self._actor)]

    @cached_property
    def purpose(self) -> str:
        return working_purpose.current(self._request, self._choices)

    @cached_property
    def urgent(self) -> list[bench.Counter]:
        """What must not wait until somebody opens the workbench."""
        return bench.urgent(self._actor)

    @cached_property
    def bell(self) -> notices.BellShown:
        """Unread notices; asked for once a page, in one statement."""
        return notices.bell(self._actor.id, self._staff.time_zone)

    @cached_property
    def demonstration(self) -> bool:
        """Everything here is invented, and every page says so."""
        return is_demonstration()

    @cached_property
    def watermark(self) -> str:
        minute = timezone.localtime().strftime("%Y-%m-%d %H:%M")
        return " ".join(filter(None, (self._staff.display_name, self._staff.user_name, minute, self.zone)))

    @cached_property
    def zone(self) -> str:
        """How far the reader's clock is from UTC; empty for the organisation's own, which needs no word."""
        own = self._staff.time_zone == DEFAULT_ZONE
        return "" if own else offset(timezone.localtime())

    @cached_property
    def opens_customers(self) -> bool:
        """Whether any page may show customer data to this reader: all of theirs name them then."""
        return bool(self._actor.permissions & OPENS_CUSTOMER_DATA)

    @cached_property
    def who(self) -> str:
        """A mark of the log-in, for the page to notice that somebody else has signed in meanwhile."""
        return mark_of(self._staff)

    @cached_property
    def next(self) -> str:
        """Where to come back to after changing purpose or language: never an address that only takes forms."""
        if self._request.method in {"GET", "HEAD"}:
            return self._request.path
        came_from = urlsplit(self._request.headers.get("Referer", "")).path
        return came_from if came_from.startswith("/") else "/"

    @cached_property
    def explanation(self) -> dict[str, str] | None:
        """What the open page is for, and where the handbook goes on."""
        match = self._request.resolver_match
        return explanation(match.view_name) if match else None

    @property
    def about_folded(self) -> bool:
        """Whether this browser had the explanation folded last."""
        return self._request.COOKIES.get("sx-about") == "folded"

    @cached_property
    def menu(self) -> Menu:
        return Menu(self._actor, self._request.path, self._staff.pins)


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shell` for somebody signed in, nothing for strangers."""
    staff, actor = getattr(request, "user", None), getattr(request, "actor", None)
    if not isinstance(staff, Staff) or actor is None:
        return {}
    return {"shell": Shell(request, staff, actor)}
