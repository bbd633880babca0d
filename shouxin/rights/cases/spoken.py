"""What somebody may ask for, as they would say it themselves: the right by its name, and what comes of it."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.rights.cases.models import Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOT_CHOSEN = ("", _("请选择"))
SAID: "MappingProxyType[Kind, StrOrPromise]" = MappingProxyType(
    {
        Kind.KNOW: _("知情：想知道怎样处理我的信息"),
        Kind.ACCESS: _("查阅：看看保存了我的什么信息"),
        Kind.COPY: _("复制：要一份我的信息的副本"),
        Kind.PORT: _("转移：把我的信息转给别的单位"),
        Kind.CORRECT: _("更正：有的信息不对"),
        Kind.SUPPLEMENT: _("补充：有的信息不全"),
        Kind.DELETE: _("删除：不要再保存我的信息"),
        Kind.EXPLAIN_RULES: _("解释处理规则：为什么、凭什么处理"),
        Kind.EXPLAIN_DECISION: _("说明自动化决策：系统自动作的决定怎么来的"),
        Kind.HUMAN_REVIEW: _("要求人工复核：请人重新看自动作的决定"),
    }
)


def choices(kinds: Iterable[Kind]) -> "list[tuple[str, StrOrPromise]]":
    """For a select box; nothing is chosen beforehand, so that nobody asks for the first right of the list by chance."""
    return [NOT_CHOSEN, *((one.value, SAID.get(one, one.label)) for one in kinds)]


def boxes(label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.MultipleChoiceField:
    """Any number of things to tick, or none; what there is depends on who asks and is filled in by the form."""
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )
