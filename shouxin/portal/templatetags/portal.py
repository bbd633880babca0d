"""What every page of the portal names."""

from django import template

from shouxin.portal.entering import doors
from shouxin.portal.entering.models import Session
from shouxin.rulebook.purposes.queries import organisation_name

register = template.Library()


@register.simple_tag
def organisation() -> str:
    return organisation_name()


@register.simple_tag
def mark(mine: Session) -> str:
    return doors.mark_of(mine)
