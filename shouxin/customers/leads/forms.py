"""Validation of what is said about a lead; nothing here saves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.customers.leads.models import LeadSource, Permitted


class LeadForm(forms.Form):
    source = forms.TypedChoiceField(
        label=_("来源"),
        choices=[one for one in LeadSource.choices if one[0] != LeadSource.PUBLIC_FORM],
        coerce=LeadSource,
    )
    permission = forms.TypedChoiceField(
        label=_("许可"),
        choices=Permitted.choices,
        initial=Permitted.NONE,
        coerce=Permitted,
        help_text=_("没有许可的线索不能列入电话清单，也收不到消息。"),
    )
