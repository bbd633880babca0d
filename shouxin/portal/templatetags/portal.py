"""What every page of the portal names."""

from django import template

from shouxin.rulebook.purposes.queries import organisation_name

register = template.Library()


@register.simple_tag
def organisation() -> str:
    return organisation_name()
