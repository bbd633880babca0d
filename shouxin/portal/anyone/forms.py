"""What people without an account ask for, and the number and code by which they follow it; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.people.models import Department
from shouxin.rights.cases import rules
from shouxin.rights.cases.forms import purpose_choices
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Channel, Kind, Requester, Wish
from shouxin.rights.cases.services import Asked
from shouxin.rights.cases.spoken import NOT_CHOSEN, boxes, choices
from shouxin.rights.feedback import rules as longest
from shouxin.rights.feedback.keeping import Said
from shouxin.rights.feedback.models import Category

OFF: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}
FOR_WHOM = [
    (Requester.SELF.value, _("为我自己")),
    (Requester.GUARDIAN.value, _("为我的孩子或被监护人")),
    (Requester.AGENT.value, _("受别人委托")),
    (Requester.RELATIVE.value, _("为已故的近亲属")),
]


class PublicForm(forms.Form):
    """A request or a complaint. Authorities write to the organisation itself."""

    kind = forms.TypedChoiceField(
        label=_("您要我们做什么"),
        choices=choices(one for one in Kind if one is not Kind.INQUIRY),
        coerce=Kind,
        initial=Kind.COMPLAINT.value,
    )
    requester = forms.TypedChoiceField(label=_("为谁提出"), choices=FOR_WHOM, coerce=Requester)
    wish = forms.ChoiceField(
        label=_("您作为近亲属要求什么"),
        required=False,
        choices=[NOT_CHOSEN, *Wish.choices],
        help_text=_("只有为已故的近亲属提出才选。本人生前另有安排的，以安排为准。"),
    )
    about = forms.CharField(
        label=_("那个人的姓名，和他在我们这里登记的号码或邮箱"),
        max_length=200,
        required=False,
        help_text=_("只有替别人提出才填。"),
        widget=forms.TextInput(attrs=OFF),
    )
    minor = forms.BooleanField(label=_("那个人不满十四周岁"), required=False)
    text = forms.CharField(
        label=_("说说您的要求或遇到的事"),
        max_length=rules.MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        help_text=_("只有办理的人看得到，加密保存。请不要写银行卡号、密码。"),
    )
    accused = forms.ModelChoiceField(
        label=_("投诉哪个部门"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("不指定"),
        help_text=_("只有投诉才填。被投诉的部门不能自己办结。"),
    )
    purposes = boxes(_("涉及哪些用途"), _("只有撤回同意、限制处理或拒绝处理才选，那时必须选。"))
    name = forms.CharField(
        label=_("您的姓名"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=_("怎样联系您"),
        max_length=200,
        required=False,
        help_text=_("手机号码或邮箱。投诉可以不填；其他要求须填，以便核实是您本人。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "spellcheck": "false"}),
    )
    proof = forms.FileField(
        label=_("证明的照片或扫描件"),
        required=False,
        help_text=_(
            "可以以后再交。监护人交监护关系证明，代理人交授权委托书，近亲属交死亡证明和亲属关系证明。"
            "PDF、JPEG 或 PNG，不超过 5 MB；加密保存，办结时自动销毁。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["purposes"].choices = purpose_choices()  # type: ignore[attr-defined] # a ChoiceField
        known = Department.objects.filter(parent__isnull=False).order_by("name")
        self.fields["accused"].queryset = known  # type: ignore[attr-defined] # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """What goes with what."""
        found = super().clean() or {}
        kind, requester = found.get("kind"), found.get("requester")
        if kind in rules.AT_ONCE and not found.get("purposes"):
            self.add_error("purposes", _("请选择涉及哪些用途。"))
        if (kind is Kind.DECEASED) is not (requester is Requester.RELATIVE):
            self.add_error("requester", _("死者近亲属行权由近亲属提出，其他要求不是。"))
        if kind is Kind.DECEASED and not found.get("wish"):
            self.add_error("wish", _("请选择您作为近亲属要求什么。"))
        if found.get("accused") and kind is not Kind.COMPLAINT:
            self.add_error("accused", _("只有投诉才填部门。"))
        if kind is not Kind.COMPLAINT and not found.get("contact"):
            self.add_error("contact", _("请填手机号码或邮箱，以便核实是您本人。"))
        if requester is not Requester.SELF and not found.get("about"):
            self.add_error("about", _("请填您替谁提出。"))
        return found

    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(
            said["kind"],
            Channel.PUBLIC,
            Words(said["text"], said["name"], said["contact"], about=said["about"]),
            requester=said["requester"],
            wish=said["wish"] if said["kind"] is Kind.DECEASED else "",
            minor=said["minor"] and said["requester"] is not Requester.SELF,
            purposes=said["purposes"] if said["kind"] in rules.AT_ONCE else (),
            accused=said["accused"].id if said["accused"] else None,
        )


class FeedbackForm(forms.Form):
    category = forms.TypedChoiceField(label=_("关于什么"), choices=Category.choices, coerce=Category)
    text = forms.CharField(
        label=_("您的意见或建议"),
        max_length=longest.MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        help_text=_("加密保存。投诉或对您信息的要求，请用“提出要求或投诉”。"),
    )
    contact = forms.CharField(
        label=_("怎样联系您（可以不填）"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @property
    def said(self) -> Said:
        return Said(self.cleaned_data["text"], self.cleaned_data["contact"])


class FollowForm(forms.Form):
    number = forms.CharField(
        label=pgettext_lazy("of a request", "编号"),
        max_length=20,
        widget=forms.TextInput(attrs={**OFF, "autocapitalize": "characters", "class": "my-code"}),
    )
    code = forms.CharField(
        label=_("查询码"),
        max_length=20,
        help_text=_("提交后给您的 12 位，不分大小写。"),
        widget=forms.TextInput(attrs={**OFF, "autocapitalize": "characters", "class": "my-code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
