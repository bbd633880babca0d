"""How roles and states of staff are shown."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.text import Text
from shouxin.people import readers, signin
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
    if not staff.is_active and staff.left_at is None:
        kind, text = "bad", _("已离岗，职责待移交")
    elif not staff.is_active:
        kind, text = "muted", _("已停用")
    elif staff.suspended_at is not None:
        kind, text = "bad", _("已暂停")
    elif not signin.may_sign_in(staff):
        kind, text = "warn", _("无角色，不能登录")
    elif staff.must_change_password:
        kind, text = "info", _("待首次登录")
    else:
        kind, text = "ok", _("可登录")
    return format_html('<span class="sx-tag sx-tag-{}">{}</span>', kind, text)
