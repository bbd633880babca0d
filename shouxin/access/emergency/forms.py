"""Validation of emergency access and its review; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.access.emergency import rules
from shouxin.access.emergency.models import Finding
from shouxin.gate import facts
from shouxin.gate.rules import REASON_CLASSES
from shouxin.people.thresholds.queries import value

MINUTES = (5, 10, 15, 20, 30)


class OpenForm(forms.Form):
    fields_asked = forms.MultipleChoiceField(
        label=_("需要看明文的字段"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只勾选这次用得上的；敏感个人信息也可以，但会被逐项复核。"),
    )
    reason_class = forms.ChoiceField(label=_("事由"))
    reason = forms.CharField(
        label=_("为什么等不及审批"),
        min_length=rules.LEAST_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明情况和后果，复核人据此判断。请勿写入客户的个人信息。"),
    )
    minutes = forms.TypedChoiceField(label=_("时长"), coerce=int)

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        book = facts.rules["rulebook"]
        rule = book.purpose(purpose)
        offered = rules.openable(book.fields(), rule) if rule else []
        mark = str(_("（敏感）"))
        self.fields["fields_asked"].choices = [  # type: ignore[attr-defined]
            (field.key, field.name.in_(language) + (mark if field.sensitive else "")) for field in offered
        ]
        most = value(rules.LASTING)
        self.fields["minutes"].choices = [  # type: ignore[attr-defined]
            (n, _("%(n)d 分钟") % {"n": n}) for n in sorted({*(one for one in MINUTES if one < most), most})
        ]
        self.fields["minutes"].initial = min(rules.USUAL_MINUTES, most)
        self.fields["reason_class"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((key, text.in_(language)) for key, text in REASON_CLASSES.items()),
        ]


class ReviewForm(forms.Form):
    finding = forms.ChoiceField(
        label=_("结论"),
        choices=Finding.choices,
        widget=forms.RadioSelect,
        help_text=_("结论为不必要时，本人发起应急访问的权利立即暂停，由个人信息保护负责人恢复。"),
    )
    review_note = forms.CharField(
        label=_("依据"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("核实了什么，例如与本人、客户或订单核对的情况。请勿写入客户的个人信息。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class LiftForm(forms.Form):
    lift_note = forms.CharField(label=_("恢复理由"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
