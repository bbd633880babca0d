"""Validation of an answer and of who answers; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.people.models import Staff
from shouxin.rights.feedback import queries, rules
from shouxin.rights.feedback.models import Category, Feedback


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("答复"),
        max_length=rules.MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        help_text=_("提出人登录后或凭查询码看到。查询码可能落到别人手里，请不要写客户的信息。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AssignForm(forms.Form):
    category = forms.TypedChoiceField(label=_("类别"), choices=Category.choices, coerce=Category)
    owner = forms.ModelChoiceField(label=_("由谁答复"), queryset=Staff.objects.none(), empty_label=None)

    def __init__(self, *args: Any, item: Feedback, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.initial = {"category": item.category, "owner": item.owner_id}
        self.fields["owner"].queryset = queries.able().order_by("display_name")  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = _named  # type: ignore[attr-defined] # a ModelChoiceField


def _named(one: Staff) -> str:
    return f"{one.display_name} · {one.department.name}" if one.department else one.display_name
