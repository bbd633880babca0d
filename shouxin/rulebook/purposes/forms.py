"""Input of the verbs on purposes and notices. Forms check shape; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Role
from shouxin.gate.rules import cite
from shouxin.kit import clock
from shouxin.people.forms import department_choices
from shouxin.people.rules import ROLE_NAMES
from shouxin.rulebook.catalogue.forms import CODE, RESERVED, ReasonForm
from shouxin.rulebook.catalogue.models import Field, LegalArticle, LegalBasis, RetentionRule
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, PurposeField
from shouxin.rulebook.purposes.narrowing import Groups, LongChoiceField, in_groups
from shouxin.rulebook.purposes.parts import PLACES
from shouxin.rulebook.purposes.rules import LONGEST_AGE
from shouxin.rulebook.recipients.queries import to_choose
from shouxin.rulebook.wording import in_words

# Roles that may open customers' data; the administrators never do.
WORKING_ROLES = (Role.CLERK, Role.HEAD, Role.OFFICER)
WRONG_CODE = _("只能用小写字母、数字和下划线，并以字母开头。")
CODE_HELP = _("给接口和日志用的英文代号，如 after_sales；小写字母、数字和下划线，以字母开头，以后不能改。")
# Of the general rules those that speak of customers: the others are of books, staff and our own records.
OF_CUSTOMERS = frozenset(
    {"R-CUST-BASE", "R-PROSPECT", "R-CONTRACT", "R-COMPLAINT", "R-WARRANTY", "R-FURN-ORDER", "R-CALLREC"}
)
NOT_CHOSEN = ("", _("请选择"))


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined] # a choice field by its declaration


def _articles(basis: str) -> Groups:
    """The articles that the chosen basis rests on, or those of all bases, first; then law by law."""
    language = get_language() or "zh-hans"
    bases = LegalBasis.objects.filter(pk=basis) if basis else LegalBasis.objects.all()
    fitting = set(bases.values_list("article_id", flat=True))
    rows = [
        (row.title, (row.pk, f"{row.title} {cite(row.article, language)} · {row.pk}"))
        for row in LegalArticle.objects.order_by("instrument", "code")
    ]
    first = [entry for _title, entry in rows if entry[0] in fitting]
    title = gettext("所选合法性基础依据的条文") if basis else gettext("合法性基础依据的条文")
    laws = {title for title, entry in rows if entry[0] in fitting}
    rows.sort(key=lambda row: row[0] not in laws)  # the rest of the same law next
    return in_groups((title, first), [row for row in rows if row[1][0] not in fitting])


def _periods() -> Groups:
    """What any organisation keeps of its customers first; then trade by trade, what is kept of no customer last."""
    rows = [
        (in_words("sector", row.sector), (row.pk, f"{row} · {row.pk}"), row.sector == "general")
        for row in RetentionRule.objects.order_by("code")
    ]
    first = [entry for _group, entry, _general in rows if entry[0] in OF_CUSTOMERS]
    rest = [row for row in rows if row[1][0] not in OF_CUSTOMERS]
    rest.sort(key=lambda row: row[2])
    return in_groups((gettext("客户信息常用"), first), [(group, entry) for group, entry, _general in rest])


class PurposeForm(forms.Form):
    name_zh = forms.CharField(label=_("中文名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    description_zh = forms.CharField(
        label=_("处理活动说明"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    description_en = forms.CharField(
        label=_("处理活动说明（英文）"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
    handler = forms.CharField(label=_("个人信息处理者"), max_length=200)
    subjects_zh = forms.CharField(
        label=_("个人类别"), max_length=200, help_text=_("涉及哪些人，例如：已购买家具的客户。")
    )
    subjects_en = forms.CharField(label=_("个人类别（英文）"), max_length=200, required=False)
    basis = forms.ChoiceField(label=_("合法性基础"))
    article = LongChoiceField(label=_("法律条文"))
    use = forms.ChoiceField(
        label=_("用途类别"), required=False, help_text=_("只能使用同一用途类别的字段；不限则可用任何字段。")
    )
    roles = forms.MultipleChoiceField(
        label=_("可用角色"), widget=forms.CheckboxSelectMultiple, required=False
    )
    departments = forms.MultipleChoiceField(
        label=_("可用部门"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("一个都不选，则各部门的上述角色都可用。"),
    )
    department = forms.ChoiceField(label=_("责任部门"), required=False)
    retention_rule = LongChoiceField(label=_("保存期限"), help_text=_("字段没有自己的期限时适用。"))
    recipients_zh = forms.CharField(
        label=_("接收方"),
        max_length=400,
        required=False,
        help_text=_("把信息提供给谁，例如：安装服务商；没有就留空。"),
    )
    recipients_en = forms.CharField(label=_("接收方（英文）"), max_length=400, required=False)
    named = forms.MultipleChoiceField(
        label=_("列明的接收方"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("从接收方登记册里选；告知和公开清单写出每一家的名称、联系方式、种类和方式。"),
    )
    publishes_zh = forms.CharField(
        label=_("公开的信息和去处"),
        max_length=400,
        required=False,
        help_text=_(
            "公开客户的哪些信息、公开在哪里，例如：在官网感谢墙显示姓氏和评价。逐人单独同意后才公开；不公开就留空。"
        ),
    )
    publishes_en = forms.CharField(label=_("公开的信息和去处（英文）"), max_length=400, required=False)
    consent_months = forms.IntegerField(
        label=_("同意的有效期（月）"),
        required=False,
        min_value=1,
        max_value=LONGEST_AGE,
        help_text=_("以同意为基础的目的：同意作出多少个月后自动失效，页面和告知写明；留空即到撤回为止。"),
    )
    notice = forms.ChoiceField(label=pgettext_lazy("label", "告知"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = to_choose(self.initial.get("named", ()))
        if chosen:
            _choose(self, "named", [(str(one.id), one.name) for one in chosen])
        else:
            del self.fields["named"]  # nobody is entered yet: there is nothing to choose from
        language = get_language() or "zh-hans"
        _choose(self, "retention_rule", [NOT_CHOSEN, *_periods()])
        departments = department_choices()
        bases = LegalBasis.objects.order_by("code")
        _choose(self, "basis", [NOT_CHOSEN, *((row.pk, f"{row} · {row.citation}") for row in bases)])
        _choose(self, "article", [NOT_CHOSEN, *_articles(str(self["basis"].value() or ""))])
        _choose(self, "use", [("", _("不限")), *Field.UseClass.choices])
        _choose(self, "roles", [(role.value, ROLE_NAMES[role].in_(language)) for role in WORKING_ROLES])
        _choose(self, "departments", departments)
        _choose(self, "department", [("", _("不指定")), *departments])
        _choose(self, "notice", [NOT_CHOSEN, *((row.pk, str(row)) for row in Notice.objects.all())])

    def content(self) -> dict[str, Any]:
        """What was said, under the names of the services."""
        data = {"named": [], **self.cleaned_data}
        for name in ("basis", "article", "department", "retention_rule", "notice"):
            data[f"{name}_id"] = data.pop(name) or None
        return data


class NewPurposeForm(PurposeForm):
    key = forms.RegexField(
        CODE,
        label=_("目的编码"),
        max_length=50,
        help_text=CODE_HELP,
        error_messages={"invalid": WRONG_CODE},
    )
    field_order = ("key",)

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in RESERVED:
            raise forms.ValidationError(_("此编码由系统保留，请换一个。"))
        return key


class NeedForm(forms.Form):
    """One row of the field × necessity table."""

    field = forms.ChoiceField(label=pgettext_lazy("label", "字段"))
    necessity = forms.ChoiceField(label=_("必要性"), choices=PurposeField.Needed.choices)
    reason_zh = forms.CharField(label=_("理由"), max_length=400)
    reason_en = forms.CharField(label=_("理由（英文）"), max_length=400, required=False)
    sensitive_reason_zh = forms.CharField(
        label=_("敏感信息的必要性"),
        max_length=400,
        required=False,
        help_text=_("敏感个人信息须另外写明充分的必要性（个人信息保护法 第28条第2款）。"),
    )
    sensitive_reason_en = forms.CharField(label=_("敏感信息的必要性（英文）"), max_length=400, required=False)
    counted = forms.TypedChoiceField(
        label=_("计入完整性"),
        required=False,
        choices=[("", _("产品默认")), ("yes", _("是")), ("no", _("否"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        help_text=_("缺少它的客户，对此目的算不完整。"),
    )
    max_age_months = forms.IntegerField(
        label=_("最长有效期（月）"),
        required=False,
        min_value=1,
        max_value=LONGEST_AGE,
        help_text=_("超过此期限未核实，对此目的算过期；留空即用字段的复核周期。"),
    )

    def __init__(self, *args: Any, use: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Field.objects.exclude(storage=Field.StorageRule.FORBIDDEN).order_by("record", "key")
        if use:
            rows = rows.filter(uses__contains=[use])
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            groups.setdefault(row.get_record_display(), []).append((row.key, f"{row.name} · {row.key}"))
        _choose(self, "field", [NOT_CHOSEN, *groups.items()])


class SeenForm(forms.Form):
    """Approval of what was shown: the digest travels with the page."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class VersionForm(forms.Form):
    """The next version of a notice in one language."""

    language = forms.ChoiceField(label=_("语言"), choices=NoticeVersion.Language.choices)
    template = forms.CharField(
        label=_("正文模板"),
        widget=forms.Textarea(attrs={"rows": 18}),
        max_length=40_000,
    )
    contact = forms.CharField(
        label=_("联系方式"), max_length=200, help_text=_("客户怎样找到您：电话、邮箱或地址。")
    )
    effective_on = forms.DateField(
        label=_("生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = gettext("花括号里的内容由规则库填写，须都写到：%(places)s。")
        self.fields["template"].help_text = said % {"places": " ".join(f"{{{key}}}" for key in PLACES)}


class NewNoticeForm(VersionForm):
    key = forms.RegexField(
        CODE,
        label=_("告知编码"),
        max_length=50,
        help_text=CODE_HELP,
        error_messages={"invalid": WRONG_CODE},
    )
    title_zh = forms.CharField(label=_("中文标题"), max_length=200)
    title_en = forms.CharField(label=_("英文标题"), max_length=200, required=False)
    field_order = ("key", "title_zh", "title_en")

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if Notice.objects.filter(key=key).exists():
            raise forms.ValidationError(_("告知编码已存在；请在该告知下起草新版本。"))
        return key


class DefaultsForm(forms.Form):
    """What the default notice must name before it can be a notice of this organisation."""

    organisation = forms.CharField(
        label=_("个人信息处理者"), max_length=200, help_text=_("单位全称，写入告知正文。")
    )
    contact = forms.CharField(
        label=_("联系方式"),
        max_length=200,
        help_text=_("个人信息保护负责人的姓名、电话或邮箱，写入告知正文。"),
    )
    effective_on = forms.DateField(
        label=_("告知生效日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].initial = clock.today


__all__ = [
    "DefaultsForm",
    "NeedForm",
    "NewNoticeForm",
    "NewPurposeForm",
    "PurposeForm",
    "ReasonForm",
    "SeenForm",
    "VersionForm",
]
