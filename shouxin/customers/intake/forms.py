"""What is asked in the import wizard; nothing here saves."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, PurposeRule
from shouxin.customers.intake.drafts import Draft
from shouxin.customers.intake.models import Existing, ImportBatch
from shouxin.customers.intake.reading import Choices, HeaderChoice, Kind
from shouxin.customers.intake.services import Declaration
from shouxin.customers.registry.models import Channel, Scope, Source
from shouxin.people import queries as people

ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("gb18030", "GB18030（GBK、GB2312）"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252"),
)
DELIMITERS = (
    (",", _("逗号 ,")),
    ("\t", _("制表符")),
    (";", _("分号 ;")),
    ("|", _("竖线 |")),
)
TAB = "tab"  # browsers trim a bare tab
HEADER_ROWS = 200


class ReadingForm(forms.Form):
    """How the file is read: encoding and separator of a text file, the row of each sheet's heading."""

    encoding = forms.ChoiceField(label=_("文件编码"), required=False)
    delimiter = forms.ChoiceField(label=_("分隔符"), required=False)

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._draft = draft
        layout = draft.sheets[0].layout
        if layout.kind is Kind.CSV:
            self._choices("encoding", ENCODINGS, (layout.encoding or "utf-8").removesuffix("-sig"))
            separators = [(TAB if key == "\t" else key, name) for key, name in DELIMITERS]
            current = TAB if layout.delimiter == "\t" else layout.delimiter or ","
            self._choices("delimiter", separators, current)
        else:
            del self.fields["encoding"], self.fields["delimiter"]
        for number, plan in enumerate(draft.sheets):
            self.fields[f"header-{number}"] = forms.IntegerField(
                label=_("标题行"),
                min_value=0,
                max_value=HEADER_ROWS,
                initial=plan.layout.header_row or 0,
                widget=forms.NumberInput(attrs={"class": "sx-short"}),
            )

    def _choices(self, name: str, known: Sequence[tuple[str, Any]], current: str) -> None:
        listed = list(known) if current in dict(known) else [(current, current), *known]
        self.fields[name].choices = listed  # type: ignore[attr-defined]
        self.fields[name].initial = current

    def choices(self) -> Choices | None:
        """The corrections, or None when everything stays as it was proposed."""
        if not self.has_changed():
            return None
        said = self.cleaned_data
        delimiter = said.get("delimiter") or None
        return Choices(
            encoding=said.get("encoding") or None,
            delimiter="\t" if delimiter == TAB else delimiter,
            headers={
                plan.name: self._heading(
                    said[f"header-{number}"], plan.layout.header_row, plan.layout.header_rows
                )
                for number, plan in enumerate(self._draft.sheets)
            },
        )

    @staticmethod
    def _heading(said: int, row: int | None, rows: int) -> HeaderChoice:
        return HeaderChoice(row, rows) if said == (row or 0) else HeaderChoice(said or None)


class DeclarationForm(forms.Form):
    """What the importer answers for."""

    purpose = forms.ChoiceField(
        label=pgettext_lazy("label", "处理目的"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择为哪个目的收集。")},
    )
    channel = forms.ChoiceField(label=_("收集渠道"), choices=[c for c in Channel.choices if c[0] != "api"])
    source = forms.ChoiceField(
        label=_("来源"), choices=Source.choices, widget=forms.RadioSelect, initial=Source.INTERNAL
    )
    supplier = forms.CharField(
        label=_("提供方"), max_length=200, required=False, help_text=_("外部提供时必填：谁提供的。")
    )
    evidence = forms.CharField(
        label=_("来源合法的依据"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("外部提供时必填：协议编号、授权文件等，供另一位人员核准（个人信息保护法 第23条）。"),
    )
    department = forms.ChoiceField(label=_("归口部门"))
    responsible = forms.ChoiceField(label=_("负责人"), required=False)
    scope = forms.ChoiceField(label=_("可见范围"), choices=Scope.choices, initial=Scope.DEPARTMENT)
    existing = forms.ChoiceField(
        label=_("遇到已有客户"), choices=Existing.choices, widget=forms.RadioSelect, initial=Existing.FILL
    )

    def __init__(self, *args: Any, actor: Actor, purposes: Sequence[PurposeRule], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        own = [(str(d.id), d.name) for d in people.departments() if d.id in actor.department_ids]
        colleagues = {choice for key, _name in own for choice in people.colleagues_of(UUID(key))}
        for name, choices in {
            "purpose": [(p.key, p.name.in_(language)) for p in purposes],
            "department": own,
            "responsible": [("", _("（本部门共同负责）")), *sorted(colleagues, key=lambda c: c[1])],
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["department"].initial = str(actor.department_id)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("source") == Source.EXTERNAL:
            for name in ("supplier", "evidence"):
                if not (said.get(name) or "").strip() and name not in self.errors:
                    self.add_error(name, _("来源为外部提供时必须填写。"))
        return said

    def declaration(self) -> Declaration:
        """What was declared, once the form is valid."""
        said = self.cleaned_data
        return Declaration(
            purpose=said["purpose"],
            channel=Channel(said["channel"]),
            source=Source(said["source"]),
            department=UUID(said["department"]),
            scope=Scope(said["scope"]),
            responsible=UUID(said["responsible"]) if said["responsible"] else None,
            supplier=said["supplier"],
            evidence=said["evidence"],
            existing=Existing(said["existing"]),
        )


def declared(batch: ImportBatch) -> dict[str, str]:
    """What stands in the batch already, for the form."""
    if not batch.purpose:
        return {}
    return {
        "purpose": batch.purpose,
        "channel": batch.channel,
        "source": batch.source,
        "supplier": batch.supplier,
        "evidence": batch.evidence,
        "department": str(batch.department_id),
        "responsible": str(batch.responsible_id or ""),
        "scope": batch.scope,
        "existing": batch.existing,
    }


class TypedForm(forms.Form):
    """A number typed by hand, so that nobody confirms without having read it."""

    typed = forms.CharField(max_length=20)

    def __init__(self, *args: Any, expected: int, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._expected = expected

    def clean_typed(self) -> str:
        text: str = self.cleaned_data["typed"].replace(",", "").replace("，", "").replace(" ", "")
        if text != str(self._expected):
            raise forms.ValidationError(
                _("请输入 %(expected)d 以确认；没有执行。"), params={"expected": self._expected}
            )
        return text


class NoteForm(forms.Form):
    """Why a batch is turned away, or what was checked of its source."""

    note = forms.CharField(label=_("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
