"""`{% panels "customer" row.id %}`: what other rooms show here."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from shouxin.kit.panels import render

register = template.Library()


@register.simple_tag(takes_context=True)
def panels(context: template.RequestContext, place: str, subject: Any) -> SafeString:
    request = context.request
    return format_html_join("", "{}", ((piece,) for piece in render(place, request, subject)))
