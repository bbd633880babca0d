"""Validation of what is taken down about a request; nothing here saves."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.people.models import Department
from shouxin.rights import secrecy
from shouxin.rights.cases import accusing, erasing, rules, running
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Check, Kind, Outcome, Pause, Requester, Wish
from shouxin.rights.cases.services import Asked
from shouxin.rights.cases.spoken import NOT_CHOSEN, boxes

EVERY = _("全部（法律要求继续的除外）")
BY_STAFF = (Channel.COUNTER, Channel.PHONE, Channel.MAIL)


def erasable(customer: Any) -> list[tuple[str, str]]:
    """The items of a customer's file that may be deleted one by one, by name."""
    language = get_language() or "zh-hans"
    found = Customer.objects.filter(id=customer).first() if customer else None
    return [(rule.key, rule.name.in_(language)) for rule in erasing.possible(found)] if found else []


def correctable() -> list[tuple[str, str]]:
    """The items of a customer's file that may be wrong or missing, by name."""
    language, told = get_language() or "zh-hans", secrecy.told()
    found = rulebooks["rulebook"].fields()
    return [
        (key, rule.name.in_(language))
        for key, rule in found.items()
        if key in told and rule.record == "profile"
    ]


def purpose_choices() -> list[tuple[str, str]]:
    """The purposes a person can speak about, by name, after all of them at once."""
    language = get_language() or "zh-hans"
    found = rulebooks["rulebook"].purposes()
    named = [(rule.key, rule.name.in_(language)) for rule in found if rule.key != "individual_rights"]
    return [(rules.EVERY_PURPOSE, str(EVERY)), *named]


class IntakeForm(forms.Form):
    """What somebody asks for, as it is said at the counter, by telephone or in a letter."""

    FOLDED = ("fields_only", "concerned", "purposes")  # long lists that few requests need

    kind = forms.TypedChoiceField(
        label=_("要求"),
        choices=[NOT_CHOSEN, *Kind.choices],
        coerce=Kind,
        error_messages={"required": _("请选择客户要求什么。")},
    )
    channel = forms.TypedChoiceField(
        label=_("怎样提出"), choices=[(one.value, one.label) for one in BY_STAFF], coerce=Channel
    )
    requester = forms.TypedChoiceField(
        label=pgettext_lazy("request", "申请人"),
        choices=Requester.choices,
        coerce=Requester,
        initial=Requester.SELF,
    )
    wish = forms.ChoiceField(
        label=_("近亲属要求什么"),
        required=False,
        choices=[NOT_CHOSEN, *Wish.choices],
        help_text=_("只有死者近亲属行权才填。死者生前另有安排的，以安排为准。"),
    )
    minor = forms.BooleanField(label=_("本人不满十四周岁"), required=False)
    text = forms.CharField(
        label=_("要求的内容"),
        max_length=rules.MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        help_text=_("照申请人的原话记。加密保存，每次打开都留痕。"),
        error_messages={"required": _("请照原话记下客户的要求。")},
    )
    fields_only = boxes(
        _("只删除这些项目"),
        _("要求删除时选择；不选是全部删除。以前的内容和检索索引一并删除，备份副本随备份到期销毁。"),
    )
    concerned = boxes(
        _("要更正或补充的项目"), _("要求更正、补充时选择；说不清是哪一项的，可以在答复时再写明。")
    )
    purposes = boxes(_("涉及的处理目的"), _("撤回同意、限制或拒绝处理时必须选择。"))
    name = forms.CharField(label=_("申请人姓名"), max_length=100, required=False)
    contact = forms.CharField(
        label=_("联系方式"), max_length=200, required=False, help_text=_("答复送到哪里；加密保存。")
    )
    accused = forms.ModelChoiceField(
        label=_("被投诉的部门"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("还没有问清"),
        help_text=_("被投诉的部门不能办结这件投诉。还没有问清的，答复以前在页面上写明。"),
    )
    due_on = forms.DateField(
        label=_("监管部门要求的日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, customer: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["purposes"].choices = purpose_choices()  # type: ignore[attr-defined] # a ChoiceField
        self.fields["concerned"].choices = correctable()  # type: ignore[attr-defined] # a ChoiceField
        possible = erasable(customer)
        if possible:
            self.fields["fields_only"].choices = possible  # type: ignore[attr-defined] # a ChoiceField
        else:
            del self.fields["fields_only"]
        departments = Department.objects.filter(parent__isnull=False).order_by("name")
        self.fields["accused"].queryset = departments  # type: ignore[attr-defined] # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """What goes with what: purposes with the wishes about them, a department with a complaint."""
        found = super().clean() or {}
        kind, requester = found.get("kind"), found.get("requester")
        if kind in rules.AT_ONCE and not found.get("purposes"):
            self.add_error("purposes", _("请选择涉及的处理目的。"))
        if (kind == Kind.INQUIRY) is not (requester == Requester.AUTHORITY):
            self.add_error("requester", _("监管部门查询由监管部门提出，其他要求不是。"))
        if (kind == Kind.DECEASED) is not (requester == Requester.RELATIVE):
            self.add_error("requester", _("死者近亲属行权由近亲属提出，其他要求不是。"))
        if kind == Kind.DECEASED and not found.get("wish"):
            self.add_error("wish", _("请选择近亲属要求什么。"))
        act = found.get("wish") if kind == Kind.DECEASED else kind
        if found.get("fields_only") and act != Kind.DELETE:
            self.add_error("fields_only", _("只有要求删除才选。"))
        if found.get("concerned") and act not in rules.CORRECTS:
            self.add_error("concerned", _("只有要求更正或补充才选。"))
        if found.get("accused") and kind != Kind.COMPLAINT:
            self.add_error("accused", _("只有投诉才填。"))
        return found

    def asked(self, customer: Any = None) -> Asked:
        """What was said, for the service."""
        said = self.cleaned_data
        return Asked(
            said["kind"],
            said["channel"],
            Words(said["text"], said["name"], said["contact"]),
            customer,
            said["requester"],
            said["minor"],
            fields=said.get("fields_only") or said["concerned"],
            wish=said["wish"] if said["kind"] == Kind.DECEASED else "",
            purposes=said["purposes"] if said["kind"] in rules.AT_ONCE else (),
            accused=said["accused"].id if said["accused"] else None,
            due_on=said["due_on"] if said["kind"] == Kind.INQUIRY else None,
        )


class CheckForm(forms.Form):
    method = forms.TypedChoiceField(label=_("核验方式"), coerce=Check.Method)
    copy = forms.FileField(
        label=_("证明的副本"),
        required=False,
        help_text=_("可以不留。PDF、JPEG 或 PNG，不超过 5 MB；加密保存，办结时自动销毁。"),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        names = dict(Check.Method.choices)
        offered = [one for one in rules.suitable(case.level, case.requester) if not one.startswith("portal")]
        self.fields["method"].choices = [(one, names[one]) for one in offered]  # type: ignore[attr-defined] # a ChoiceField


class AccusedForm(forms.Form):
    department = forms.ChoiceField(
        label=_("投诉针对的部门"),
        help_text=_(
            "按申请人说的写。这个部门的人从此不能受理、拟定和审批这件投诉；申请人看得到写的是哪个部门。"
        ),
        error_messages={"required": _("请选择部门；不针对任何部门的，选“不针对任何部门”。")},
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        none = (accusing.NOBODY, _("不针对任何部门"))
        known = [(str(one.id), one.name) for one in accusing.possible()]
        self.fields["department"].choices = [NOT_CHOSEN, *known, none]  # type: ignore[attr-defined] # a ChoiceField
        if case.accused_named:
            self.initial["department"] = str(case.accused_id or accusing.NOBODY)

    def clean_department(self) -> UUID | None:
        """None: about none of them."""
        said = self.cleaned_data["department"]
        return None if said == accusing.NOBODY else UUID(said)


class PauseForm(forms.Form):
    why = forms.TypedChoiceField(label=_("暂停原因"), choices=Pause.choices, coerce=Pause)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ExtendForm(forms.Form):
    why = forms.ChoiceField(
        label=_("延长的理由"),
        error_messages={"required": _("请选择为什么需要更久，理由会告知申请人。")},
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        found = [(key, text.in_(language)) for key, text in rules.EXTENSIONS.items()]
        self.fields["why"].choices = [NOT_CHOSEN, *found]  # type: ignore[attr-defined] # a ChoiceField
        day = {"day": running.last_day(case)}
        self.fields["why"].help_text = _("只能延长一次，延长到 %(day)s；理由和新的期限告知申请人。") % day


class AnswerForm(forms.Form):
    outcome = forms.TypedChoiceField(
        label=_("结果"),
        choices=[NOT_CHOSEN, *Outcome.choices],
        coerce=Outcome,
        error_messages={"required": _("请选择同意、部分同意还是不同意。")},
    )
    reason = forms.ChoiceField(label=_("理由（不同意或部分同意时）"), required=False)
    text = forms.CharField(
        label=_("答复申请人的话"),
        required=False,
        max_length=rules.MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("依据、救济途径和日期由系统写进答复书，这里写其余的话；交给申请人的，写明怎样交付。"),
    )
    conditions = boxes(_("已核对的转移条件"))
    corrected = boxes(_("更正了哪些项目"), _("系统核对这些项目在受理之后确实改过。"))
    stated = forms.BooleanField(
        label=_("另行更正"),
        required=False,
        help_text=_("改的不是客户档案里的项目时勾选，在答复里写明改了什么、为什么；须由另一人审批。"),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        reasons = rules.reasons_for(case.kind, case.act).items()
        self.fields["reason"].choices = [("", "—")] + [  # type: ignore[attr-defined] # a ChoiceField
            (key, f"{one.text.in_(language)}（{one.article.in_(language)}）") for key, one in reasons
        ]
        if case.kind == Kind.PORT:
            conditions = [(key, one.in_(language)) for key, one in rules.CONDITIONS.items()]
            self.fields["conditions"].choices = conditions  # type: ignore[attr-defined] # a ChoiceField
        else:
            del self.fields["conditions"]
        if case.act not in rules.CORRECTS:
            del self.fields["stated"]
        if case.act in rules.CORRECTS and not case.fields:
            self.fields["corrected"].choices = correctable()  # type: ignore[attr-defined] # a ChoiceField
        else:
            del self.fields["corrected"]


class RateForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("申请人的评价"),
        coerce=int,
        choices=[NOT_CHOSEN, *((n, str(n)) for n in range(rules.SCORES, 0, -1))],
        help_text=_("5 分最满意。2 分及以下的转监督员重新办理。"),
    )
    remark = forms.CharField(
        label=_("评语"),
        max_length=rules.MOST_REMARK,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
