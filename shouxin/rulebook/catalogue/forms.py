"""Input of the catalogue's verbs. Forms check shape; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.rulebook import wording
from shouxin.rulebook.catalogue import rules
from shouxin.rulebook.catalogue.models import Field, MaskingRule, RetentionRule

CODE = r"^[a-z][a-z0-9_]*$"
RESERVED = frozenset({"new", "defaults", "outlets"})  # words that stand in addresses where a code would
FLAGS = [("personal", _("个人信息")), ("sensitive", _("敏感个人信息")), ("trade_secret", _("商业秘密"))]
# GB/T 43697 and GB/T 35273 name them so; a pack or the organisation may use others.
CLASSES = ("用户数据", "业务数据", "经营管理数据", "系统运行和安全数据")
CATEGORIES = (
    "个人基本资料", "个人身份信息", "个人生物识别信息", "网络身份标识信息", "个人健康生理信息", "个人教育工作信息",
    "个人财产信息", "个人通信信息", "联系人信息", "个人上网记录", "个人常用设备信息", "个人位置信息", "个人标签信息",
    "其他信息", "(非个人)",
)  # fmt: skip
BOOKS = {
    "identifier_role": "role",
    "consent_type": "consent",
    "legal_basis_default": "basis",
    "sector": "sector",
    "validator": "validator",
}
NAMED = {"classification": CLASSES, "category": CATEGORIES}  # kept by their Chinese names


class Choices(forms.Form):
    """A form whose rule choices are read when it is shown, not when the module is loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("masking_rule", MaskingRule), ("retention_rule", RetentionRule)):
            chooser = self.fields.get(name)
            if isinstance(chooser, forms.ChoiceField):
                rows = model._default_manager.order_by("pk")  # noqa: SLF001 - Django's documented name
                chooser.choices = [(row.pk, f"{row} · {row.pk}") for row in rows]
        for name, book in BOOKS.items():
            chooser = self.fields.get(name)
            if isinstance(chooser, forms.ChoiceField):
                chooser.choices = wording.choices(book)
        for name, known in NAMED.items():
            chooser = self.fields.get(name)
            if isinstance(chooser, forms.ChoiceField):
                chooser.choices = [(key, wording.in_words("sort", key)) for key in known]


class FieldForm(Choices):
    key = forms.RegexField(
        CODE,
        label=_("字段编码"),
        max_length=50,
        help_text=_("小写字母、数字和下划线，以字母开头；以后不能改。"),
        error_messages={"invalid": _("只能用小写字母、数字和下划线，并以字母开头。")},
    )
    name_zh = forms.CharField(label=_("中文名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    subject_type = forms.ChoiceField(label=_("主体类型"), choices=Field.Subject.choices)
    record = forms.ChoiceField(label=_("所属记录"), choices=Field.Record.choices)
    classification = forms.ChoiceField(label=_("数据分类"))
    category = forms.ChoiceField(label=_("个人信息类别"))
    source_class = forms.ChoiceField(label=_("来源"), choices=Field.Source.choices)
    identifier_role = forms.ChoiceField(label=_("标识作用"))
    uses = forms.MultipleChoiceField(
        label=_("用途类别"), choices=Field.UseClass.choices, widget=forms.CheckboxSelectMultiple
    )
    masking_rule = forms.ChoiceField(label=_("脱敏规则"))
    retention_rule = forms.ChoiceField(label=_("保存期限"))
    legal_basis_default = forms.ChoiceField(label=_("默认合法性基础"))
    consent_type = forms.ChoiceField(label=_("同意类型"), help_text=_("仅在目的以同意为基础时适用。"))
    validator = forms.ChoiceField(label=_("校验规则"))
    indexes = forms.MultipleChoiceField(
        label=_("密文检索索引"),
        choices=[
            ("exact", _("精确")),
            ("last4", _("后四位")),
            ("domain", _("邮箱域名")),
            ("window2", _("名称中任意两字")),
            ("pinyin", _("拼音")),
            ("initials", _("拼音首字母")),
            ("address", _("地址")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不建索引的字段不能按值查找。"),
    )
    sector = forms.ChoiceField(label=_("行业"))
    note_zh = forms.CharField(label=_("字段说明"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    note_en = forms.CharField(
        label=_("字段说明（英文）"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in RESERVED:
            raise forms.ValidationError(_("此编码由系统保留，请换一个。"))
        return key

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is chosen beforehand: every attribute is somebody's decision."""
        super().__init__(*args, **kwargs)
        for chooser in self.fields.values():
            if isinstance(chooser, forms.ChoiceField) and not isinstance(chooser, forms.MultipleChoiceField):
                chooser.choices = [("", _("请选择")), *chooser.choices]  # type: ignore[misc] # iterable by now


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ChangeForm(Choices, ReasonForm):
    name_zh = forms.CharField(label=_("中文名称"), max_length=200)
    name_en = forms.CharField(label=_("英文名称"), max_length=200)
    retention_rule = forms.ChoiceField(label=_("保存期限"))
    uses = forms.MultipleChoiceField(
        label=_("用途类别"), choices=Field.UseClass.choices, widget=forms.CheckboxSelectMultiple
    )
    review_months = forms.IntegerField(
        label=_("复核周期（月）"),
        min_value=1,
        max_value=rules.LONGEST_REVIEW,
        required=False,
        help_text=_("留空即用产品默认；只有客户档案和单位联系人的字段须复核。"),
    )
    note_zh = forms.CharField(label=_("字段说明"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    note_en = forms.CharField(
        label=_("字段说明（英文）"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    field_order = (
        "name_zh",
        "name_en",
        "uses",
        "retention_rule",
        "review_months",
        "note_zh",
        "note_en",
        "reason",
    )


class DecideForm(ReasonForm):
    flag = forms.ChoiceField(label=_("标记"), choices=FLAGS)
    value = forms.TypedChoiceField(
        label=_("判定"), choices=[("yes", _("是")), ("no", _("否"))], coerce=lambda value: value == "yes"
    )
    field_order = ("flag", "value", "reason")


class LowerForm(ReasonForm):
    level = forms.TypedChoiceField(label=_("新级别"), choices=[(n, str(n)) for n in range(1, 6)], coerce=int)
    exposure = forms.ChoiceField(
        label=_("新公开程度"), choices=[("", _("不变")), *Field.ExposureClass.choices], required=False
    )
    field_order: tuple[str, ...] = ("level", "exposure", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.initial.get("level")
        # What is offered only; the service says why another grade will not do.
        self.fields["level"].widget.choices = [
            (n, str(n)) for n in range(1, 6) if present is None or self.leads(n, present)
        ]

    @staticmethod
    def leads(level: int, present: int) -> bool:
        """Whether going from the present level to `level` is what the form is for."""
        return level <= present


class RaiseForm(LowerForm):
    masking_rule = forms.ChoiceField(
        label=_("脱敏规则"),
        required=False,
        help_text=_("仅当字段还没有脱敏规则时选择；已有规则的字段保持原规则。"),
    )
    field_order = ("level", "exposure", "masking_rule", "reason")

    @staticmethod
    def leads(level: int, present: int) -> bool:
        return level >= present

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = MaskingRule.objects.exclude(code="M-NONE").order_by("code")
        chooser = self.fields["masking_rule"]
        chooser.choices = [("", _("不变")), *((rule.code, f"{rule} · {rule.code}") for rule in rules)]  # type: ignore[attr-defined] # a ChoiceField
