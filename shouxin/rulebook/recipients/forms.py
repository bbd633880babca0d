"""Input of the verbs on recipients. Forms check shape; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.kit import countries
from shouxin.rulebook.catalogue.categories import CATEGORIES
from shouxin.rulebook.catalogue.jurisdictions import HOME
from shouxin.rulebook.recipients.models import Recipient


class RecipientForm(forms.Form):
    name_zh = forms.CharField(
        label=_("名称"), max_length=200, help_text=_("营业执照上的全称；客户在告知和清单里看到它。")
    )
    name_en = forms.CharField(label=_("英文名称"), max_length=200, required=False)
    part = forms.ChoiceField(
        label=_("身份"),
        choices=Recipient.Part.choices,
        help_text=_(
            "替我们办事的是受托人；一起决定怎样用的是共同处理者；自己决定怎样用的是其他个人信息处理者。"
        ),
    )
    contact = forms.CharField(
        label=_("联系方式"), max_length=200, help_text=_("客户怎样直接找到它：电话、邮箱或地址。")
    )
    way_zh = forms.CharField(
        label=_("提供方式"), max_length=200, help_text=_("例如：下单时通过加密接口逐单提供。")
    )
    way_en = forms.CharField(label=_("提供方式（英文）"), max_length=200, required=False)
    country = forms.ChoiceField(
        label=_("所在国家或地区"),
        help_text=_("不在中国大陆的是境外接收方：提供给它须逐人单独同意（个人信息保护法 第39条）。"),
    )
    redress_zh = forms.CharField(
        label=_("向它行使权利的方式和程序"),
        max_length=400,
        required=False,
        help_text=_("只有境外接收方要写，例如：写信到 privacy@example.com，30 天内答复。"),
    )
    redress_en = forms.CharField(label=_("向它行使权利的方式和程序（英文）"), max_length=400, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("信息种类"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("最多给它哪些；某一目的用不到的种类，不会因此提供。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        listed = [one for one in countries.choices() if one[0]]
        self.fields["country"].choices = listed  # type: ignore[attr-defined] # as below
        self.fields["country"].initial = HOME
        spoken = get_language() or "zh-hans"
        self.fields["kinds"].choices = [  # type: ignore[attr-defined] # a choice field by its declaration
            (code, text.in_(spoken)) for code, text in CATEGORIES.items()
        ]
