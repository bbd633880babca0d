"""Input of the catalogue's verbs. Forms check shape; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.core.identifiers import VALIDATORS
from shouxin.rulebook.catalogue.models import Field, MaskingRule, RetentionRule

CONSENT_TYPES = [
    ("none", _("不需要同意")),
    ("general", _("同意")),
    ("separate", _("单独同意")),
    ("written", _("书面同意")),
]
FLAGS = [("personal", _("个人信息")), ("sensitive", _("敏感个人信息")), ("trade_secret", _("商业秘密"))]
ROLES = [
    ("direct", _("直接标识")),
    ("quasi", _("准标识")),
    ("sensitive", _("敏感属性")),
    ("other", _("其他")),
]


class Choices(forms.Form):
    """A form whose rule choices are read when it is shown, not when the module is loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("masking_rule", MaskingRule), ("retention_rule", RetentionRule)):
            chooser = self.fields.get(name)
            if isinstance(chooser, forms.ChoiceField):
                rows = model._default_manager.order_by("pk")  # noqa: SLF001 - Django's documented name
                chooser.choices = [(row.pk, f"{row.pk} · {row}") for row in rows]


class FieldForm(Choices):
    key = forms.SlugField(
        label=_("字段编码"), max_length=50, help_text=_("小写字母、数字和下划线，以字母开头；以后不能改。")
    )
    name_zh = forms.CharField(label=_("中文名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    subject_type = forms.ChoiceField(label=_("主体类型"), choices=Field.Subject.choices)
    record = forms.ChoiceField(label=_("所属记录"), choices=Field.Record.choices)
    classification = forms.CharField(label=_("数据分类"), max_length=40, initial="用户数据")
    category = forms.CharField(label=_("个人信息类别"), max_length=40, initial="其他信息")
    source_class = forms.ChoiceField(label=_("来源"), choices=Field.Source.choices)
    identifier_role = forms.ChoiceField(label=_("标识作用"), choices=ROLES)
    uses = forms.MultipleChoiceField(
        label=_("用途类别"), choices=Field.UseClass.choices, widget=forms.CheckboxSelectMultiple
    )
    masking_rule = forms.ChoiceField(label=_("脱敏规则"))
    retention_rule = forms.ChoiceField(label=_("保存期限"))
    legal_basis_default = forms.CharField(
        label=_("默认合法性基础"), max_length=60, initial="13(1)(2) contract"
    )
    consent_type = forms.ChoiceField(label=_("同意类型"), choices=CONSENT_TYPES)
    validator = forms.ChoiceField(label=_("校验规则"), choices=[(name, name) for name in sorted(VALIDATORS)])
    indexes = forms.MultipleChoiceField(
        label=_("密文检索索引"),
        choices=[("exact", _("精确")), ("last4", _("后四位"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sector = forms.CharField(label=_("行业"), max_length=40, initial="all")
    note = forms.CharField(label=_("说明"), widget=forms.Textarea, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), widget=forms.Textarea, max_length=1000)


class ChangeForm(Choices, ReasonForm):
    name_zh = forms.CharField(label=_("中文名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    retention_rule = forms.ChoiceField(label=_("保存期限"))
    uses = forms.MultipleChoiceField(
        label=_("用途类别"), choices=Field.UseClass.choices, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("说明"), widget=forms.Textarea, required=False)
    field_order = ("name_zh", "name_en", "uses", "retention_rule", "note", "reason")


class DecideForm(ReasonForm):
    flag = forms.ChoiceField(label=_("标记"), choices=FLAGS)
    value = forms.TypedChoiceField(
        label=_("判定"), choices=[("yes", _("是")), ("no", _("否"))], coerce=lambda value: value == "yes"
    )
    field_order = ("flag", "value", "reason")


class LevelForm(ReasonForm):
    level = forms.TypedChoiceField(label=_("新级别"), choices=[(n, str(n)) for n in range(1, 6)], coerce=int)
    field_order = ("level", "reason")
