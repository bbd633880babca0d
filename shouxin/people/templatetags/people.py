"""How roles and states of staff are shown."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from shouxin.core.text import Text
from shouxin.people import presenting, readers
from shouxin.people.models import Staff

register = template.Library()


@register.filter
def role_name(value: str) -> str:
    """The role in words."""
    return readers.role_name(value, get_language() or "zh-hans")


@register.filter
def role_names(values: Iterable[str]) -> str:
    """Several roles in words."""
    language = get_language() or "zh-hans"
    return (", " if language.startswith("en") else "、").join(
        readers.role_name(value, language) for value in values
    )


@register.filter
def in_words(text: Text) -> str:
    """A text in the language of the page."""
    return text.in_(get_language() or "zh-hans")


@register.simple_tag
def staff_state(staff: Staff) -> SafeString:
    """Whether the log-in can be used now, as a tag."""
    found = presenting.standing(staff)
    return format_html('<span class="sx-tag sx-tag-{}">{}</span>', found.kind, found.text)
