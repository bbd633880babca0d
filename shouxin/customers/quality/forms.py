"""Input of verification and of putting it off; nothing here saves."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.customers.quality import rules
from shouxin.customers.quality.models import Later


def methods(keys: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    """The ways of verifying a person can choose, with their names."""
    language = get_language() or "zh-hans"
    return [
        (key, capfirst(method.name.in_(language)))
        for key, method in rules.METHODS.items()
        if method.by_hand and (keys is None or key in keys)
    ]


class VerifyForm(forms.Form):
    """Which fields of one customer, and how they were verified; `record:field` names one."""

    fields_ = forms.MultipleChoiceField(label=_("核实的字段"), widget=forms.CheckboxSelectMultiple)
    method = forms.ChoiceField(label=_("核实方式"))

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["fields_"].choices = offered  # type: ignore[attr-defined] # a choice field by its declaration
        self.fields["method"].choices = [("", _("请选择")), *methods()]  # type: ignore[attr-defined]


class BulkForm(forms.Form):
    """How everything that is due of the ticked records was verified."""

    method = forms.ChoiceField(label=_("核实方式"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["method"].choices = methods(rules.IN_BULK)  # type: ignore[attr-defined]


class LaterForm(forms.Form):
    reason = forms.ChoiceField(label=_("暂缓原因"), choices=Later.choices, required=False)
    until = forms.DateField(
        label=_("暂缓到"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["until"].initial = today + timedelta(days=14)
        self.fields["until"].help_text = _("最多 %(days)d 天") % {"days": rules.MOST_LATER}
