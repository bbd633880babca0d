"""How rule data is shown: marks of verification, use classes, names of roles and services."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shouxin.core.identifiers import masked_in
from shouxin.core.policy import PurposeStatus, Role
from shouxin.core.text import Text
from shouxin.gate.rules import cite
from shouxin.people.rules import ROLE_NAMES
from shouxin.rulebook import showing, wording
from shouxin.rulebook.catalogue import jurisdictions
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, LegalArticle, RetentionRule
from shouxin.rulebook.purposes.rules import STATUS_KINDS, STATUS_NAMES

register = template.Library()


@register.simple_tag
def mark(verification: str) -> SafeString:
    """The verification mark of a row of a rule pack; none means the organisation's own."""
    if not verification:
        return format_html('<span class="sx-tag sx-tag-muted">{}</span>', _("本单位"))
    for start, kind, name in showing.MARKS:
        if verification.startswith(start):
            return format_html(
                '<span class="sx-tag sx-tag-{}" title="{}">{}</span>', kind, verification, name
            )
    return format_html('<span class="sx-tag sx-tag-warn" title="{}">{}</span>', verification, _("部分核对"))


@register.filter
def use_names(uses: Iterable[str]) -> str:
    names = dict(Field.UseClass.choices)
    return _("、").join(str(names.get(use, use)) for use in uses) or _("不限")


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def role_list(roles: Iterable[str]) -> str:
    return _("、").join(ROLE_NAMES[Role(role)].in_(showing.language()) for role in roles) or "—"


@register.filter
def value_words(value: object) -> str:
    return showing.value_words(value)


@register.filter
def attribute_name(attribute: str) -> str:
    return showing.attribute_name(attribute)


@register.filter
def of(key: object, names: Mapping[Any, str]) -> str:
    """The name behind a pseudonym; a short form of it when it is nobody's any more."""
    return names.get(key, str(key)[:8]) if key else "—"


@register.filter
def jurisdiction_name(code: str) -> str:
    """What a legal order is called; one that the rule pack does not know stands by its code."""
    found = jurisdictions.known().get(code)
    return found.name.in_(showing.language()) if found else code


@register.filter
def cited(article: object) -> str:
    """An article as the page's language cites it; one of the register with its law's title in both."""
    if isinstance(article, LegalArticle):
        return f"{article.title} {cite(article.article, showing.language())}"
    return cite(str(article), showing.language())


@register.filter
def in_words(problem: Refused) -> str:
    return showing.words(problem)


@register.filter
def masked(text: str) -> str:
    """What stands for a value that is never shown, in the reader's language."""
    return masked_in(showing.language(), text)


@register.filter
def spoken(text: Text) -> str:
    return text.in_(showing.language())


@register.filter
def code_words(code: str, book: str) -> str:
    return wording.in_words(book, code)


@register.simple_tag
def period(rule: RetentionRule) -> str:
    """A retention rule's default period."""
    return wording.period(rule.default_value, rule.default_unit)


@register.simple_tag
def minimum(rule: RetentionRule) -> str:
    """A retention rule's shortest lawful period."""
    return wording.minimum(rule.min_value, rule.min_unit)


@register.simple_tag
def in_language(zh: str, en: str) -> str:
    return Text(zh, en or zh).in_(showing.language())


@register.simple_tag
def purpose_status(status: str) -> SafeString:
    state = PurposeStatus(status)
    name = STATUS_NAMES[state].in_(showing.language())
    return format_html('<span class="sx-tag sx-tag-{}">{}</span>', STATUS_KINDS[state], name)
