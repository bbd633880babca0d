"""Contact wishes at the customer's own door: the limits staff know, and topics; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.customers.preferences.forms import LimitsForm
from shouxin.portal.wishing.rules import TOPICS


class WishesForm(LimitsForm):
    topics = forms.MultipleChoiceField(
        label=_("想了解的内容"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只用来安排联系您的内容。发送优惠等商业信息，仍要您另行同意。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        spoken = [one for one in self.fields["language"].choices if one[0]]  # type: ignore[attr-defined] # a choice field
        self.fields["language"].choices = [("", _("没有要求")), *spoken]  # type: ignore[attr-defined] # as above
        self.fields["topics"].choices = [(code, name.in_(language)) for code, name in TOPICS.items()]  # type: ignore[attr-defined]
