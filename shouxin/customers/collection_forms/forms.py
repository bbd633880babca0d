"""Validation of what is typed on the pages of collection forms, and the form itself as it is filled; nothing saves.

`AnswerForm` is what a customer or a member of staff fills: built from a version's content alone, so that a page without
log-in can show and check the same one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, FieldRule, Necessity, PurposeRule, PurposeStatus, Role, Storage
from shouxin.customers.collection_forms.models import FormField, FormKind, FormVersion, Needed, Subjects
from shouxin.customers.collection_forms.rules import ASKED, Content
from shouxin.customers.collection_forms.services import Words
from shouxin.customers.intake.models import Existing
from shouxin.customers.registry.forms import input_of, reading_place
from shouxin.customers.registry.rules import CellProblem
from shouxin.gate.facts import rules as rulebooks
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.catalogue.queries import fields as catalogue

RECORDS = dict(Field.Record.choices)


def _language() -> str:
    return get_language() or "zh-hans"


def usable_purposes(actor: Actor) -> list[PurposeRule]:
    """The purposes a form can be made for: active, and for people (not for a service of the product)."""
    del actor  # every drafter may draft for every purpose; who may fill it is the gate's to say
    return [
        rule
        for rule in rulebooks["rulebook"].purposes()
        if rule.status is PurposeStatus.ACTIVE and rule.roles - {Role.OFFICER}
    ]


def offered_purposes() -> list[PurposeRule]:
    """The purposes whose consent a form may ask for beside its own."""
    return [
        rule
        for rule in rulebooks["rulebook"].purposes()
        if rule.status is PurposeStatus.ACTIVE and rule.consent_based
    ]


class WordsForm(forms.Form):
    """What a form is called, what it is for, and whom it asks."""

    title_zh = forms.CharField(label=_("名称"), max_length=80)
    title_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=_("类型"), choices=FormKind.choices, help_text=_("也是所收集信息的渠道；建立后不能改。")
    )
    purpose = forms.ChoiceField(
        label=pgettext_lazy("label", "处理目的"), help_text=_("只能收集该目的的字段表里列出的字段。")
    )
    subjects = forms.ChoiceField(label=_("填写对象"), choices=Subjects.choices)
    existing = forms.ChoiceField(
        label=_("客户已在库中时"),
        choices=[
            (Existing.FILL, _("只补充空缺的内容")),
            (Existing.REPLACE, _("以本次填写为准，原值留在历史")),
            (Existing.SKIP, _("不改动，不接受这份填写")),
        ],
        help_text=_("按客户编号认出；没有编号的一律新建档案，绝不按姓名合并。"),
    )
    offers = forms.MultipleChoiceField(
        label=_("另征求同意"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("以同意为基础的其他目的，各有各的选项，没有预先勾选；不同意不影响这份表单。"),
    )
    known_only = forms.BooleanField(
        label=_("只用于已建档的客户"),
        required=False,
        help_text=_("例如售后反馈：从客户档案页打开，不再询问姓名。"),
    )

    def __init__(self, *args: Any, actor: Actor, version: FormVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        names = [(rule.key, rule.name.in_(_language())) for rule in usable_purposes(actor)]
        self.fields["purpose"].choices = names  # type: ignore[attr-defined]
        offered = [(rule.key, rule.name.in_(_language())) for rule in offered_purposes()]
        self.fields["offers"].choices = offered  # type: ignore[attr-defined]
        if not offered:
            del self.fields["offers"]
        if version is not None:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["offers"] = tuple(one for one in found.get("offers", ()) if one != found.get("purpose"))
        return found

    def words(self) -> Words:
        """What was typed."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "kind"}
        return Words(**data)


class AskForm(forms.Form):
    """How one field is asked, and why it is needed."""

    field = forms.ChoiceField(label=pgettext_lazy("label", "字段"))
    label_zh = forms.CharField(
        label=_("表单上的名称"), max_length=80, required=False, help_text=_("不填则用字段目录中的名称。")
    )
    label_en = forms.CharField(label=_("表单上的英文名称"), max_length=80, required=False)
    help_zh = forms.CharField(label=_("填写说明"), max_length=200, required=False)
    help_en = forms.CharField(label=_("填写说明（英文）"), max_length=200, required=False)
    necessity = forms.ChoiceField(label=_("对目的的必要性"), choices=Needed.choices, initial=Needed.OPTIONAL)
    reason_zh = forms.CharField(
        label=_("必要性理由"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("没有这一项，办不成什么；发布前每个字段都要写明。"),
    )
    reason_en = forms.CharField(label=_("必要性理由（英文）"), max_length=400, required=False)
    mandatory = forms.BooleanField(
        label=_("必填"), required=False, help_text=_("只有必需的字段可以必填；其余留空不影响提交。")
    )

    def __init__(
        self, *args: Any, version: FormVersion, standing: FormField | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if standing is not None:
            self.fields["field"].choices = [(standing.field_id, standing.field.name)]  # type: ignore[attr-defined]
            self.fields["field"].disabled = True
            self.initial = {name: getattr(standing, name) for name in self.fields if name != "field"}
            self.initial["field"] = standing.field_id
        else:
            taken = set(version.asked.values_list("field_id", flat=True))
            self.fields["field"].choices = choices_for(version.purpose, taken)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("mandatory") and cleaned.get("necessity") != Needed.REQUIRED:
            self.add_error("mandatory", _("只有必需的字段可以设为必填。"))
        return cleaned


def choices_for(purpose: str, taken: Iterable[str]) -> list[tuple[str, Any]]:
    """The catalogue's fields for a select: those of the purpose by kind of record, then, marked, all others."""
    rule, language, left = rulebooks["rulebook"].purpose(purpose), _language(), set(taken)
    groups: dict[str, list[tuple[str, str]]] = {}
    others: list[tuple[str, str]] = []
    for one in sorted(catalogue().values(), key=reading_place):
        if not one.active or one.storage is Storage.FORBIDDEN or one.record not in ASKED or one.key in left:
            continue
        if rule is None or one.key not in rule.fields or (rule.use is not None and rule.use not in one.uses):
            others.append((one.key, one.name.in_(language)))
            continue
        mark = f" · {Needed.REQUIRED.label}" if rule.fields[one.key] is Necessity.REQUIRED else ""
        groups.setdefault(one.record, []).append((one.key, one.name.in_(language) + mark))
    shown: list[tuple[str, Any]] = [("", "—")]
    shown += [(str(RECORDS.get(record, record)), found) for record, found in groups.items()]
    if others:
        shown.append((str(_("目的没有列入的字段（不能发布）")), others))
    return shown


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )


class SeenForm(forms.Form):
    """Carries the digest of what was looked at."""

    seen = forms.CharField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """The form as it is filled: the fields of a version that are asked of this kind of customer, in their order."""

    def __init__(
        self,
        *args: Any,
        content: Content,
        subject: str,
        fields: Mapping[str, FieldRule],
        known: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.content = content
        language = _language()
        for one in content.asks(subject, fields, known=known):
            box = input_of(
                fields[one.key],
                required=False,  # what is missing is the rules' to say, in the same words on every way in
                label=one.label.in_(language),
                help_text=one.help.in_(language),
            )
            box.widget.is_required = False
            box.mandatory = one.mandatory  # type: ignore[attr-defined] # read by the template alone
            self.fields[one.key] = box

    def values(self) -> dict[str, str]:
        """What was typed, by field; empty where nothing was."""
        return {key: str(self.cleaned_data.get(key) or "") for key in self.fields}

    def refuse(self, problems: Iterable[CellProblem]) -> None:
        """Put what is wrong beside the fields it is about."""
        for problem in problems:
            field = problem.field if problem.field in self.fields else None
            if field is None or field not in self.errors:
                self.add_error(field, problem.text.in_(_language()))
