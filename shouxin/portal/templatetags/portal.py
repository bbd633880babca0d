"""What every page of the portal names."""

from django import template
from django.http import HttpRequest

from shouxin.portal.entering import doors
from shouxin.rulebook.purposes.queries import organisation_name

register = template.Library()


@register.simple_tag
def organisation() -> str:
    return organisation_name()


@register.simple_tag
def mark(request: HttpRequest) -> str:
    """Who is in, also on a page that is open to everybody; nothing for nobody."""
    mine = doors.session_of(request)
    return doors.mark_of(mine) if mine else ""
