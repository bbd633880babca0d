"""What a customer asks for at their own door; nothing here saves."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.people.models import Department
from shouxin.rights.cases import rules
from shouxin.rights.cases.forms import erasable, purpose_choices
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Channel, Kind, Requester
from shouxin.rights.cases.services import Asked
from shouxin.rights.cases.spoken import NOT_CHOSEN, boxes, choices

# What is decided with one click stands among the choices; inquiries and relatives' requests come by other doors.
ELSEWHERE = frozenset({Kind.RESTRICT, Kind.WITHDRAW, Kind.OBJECT, Kind.INQUIRY, Kind.DECEASED})
NAMES_PURPOSES = frozenset({Kind.RESTRICT, Kind.OBJECT})


class RequestForm(forms.Form):
    kind = forms.TypedChoiceField(
        label=_("您要我们做什么"),
        choices=choices(one for one in Kind if one not in ELSEWHERE),
        coerce=Kind,
        error_messages={"required": _("请选择您要我们做什么。")},
    )
    text = forms.CharField(
        label=_("说说您的要求"),
        max_length=rules.MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    fields_only = boxes(_("只删除其中几项（可以不选）"), _("要删除时选；不选是全部删除。"))
    accused = forms.ModelChoiceField(
        label=_("投诉哪个部门"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("不指定"),
        help_text=_("只有投诉才填。被投诉的部门不能自己办结。"),
    )

    def __init__(self, *args: Any, customer: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        possible = erasable(customer)
        if possible:
            self.fields["fields_only"].choices = possible  # type: ignore[attr-defined] # a ChoiceField
        else:
            del self.fields["fields_only"]
        known = Department.objects.filter(parent__isnull=False).order_by("name")
        self.fields["accused"].queryset = known  # type: ignore[attr-defined] # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("accused") and found.get("kind") is not Kind.COMPLAINT:
            self.add_error("accused", _("只有投诉才填部门。"))
        if found.get("fields_only") and found.get("kind") is not Kind.DELETE:
            self.add_error("fields_only", _("只有要求删除才选。"))
        return found

    def asked(self, customer: UUID, requester: Requester = Requester.SELF) -> Asked:
        """What was filled in, for `customer`."""
        said = self.cleaned_data
        return Asked(
            said["kind"],
            Channel.PORTAL,
            Words(said["text"]),
            customer,
            requester,
            fields=said.get("fields_only", ()),
            purposes=said.get("purposes", ()),
            accused=said["accused"].id if said["accused"] else None,
        )


class WardForm(RequestForm):
    """What a guardian asks for in the ward's place. Withdrawing is one click beside each consent; what rests on another
    basis has no such card there, and is restricted or objected to by a request that names it.
    """

    purposes = boxes(_("涉及哪些用途"), _("只有限制处理或拒绝处理才选，那时必须选。"))

    def __init__(self, *args: Any, customer: UUID, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, **kwargs)
        offered = (one for one in Kind if one not in ELSEWHERE - NAMES_PURPOSES)
        self.fields["kind"].choices = choices(offered)  # type: ignore[attr-defined] # a ChoiceField
        self.fields["purposes"].choices = purpose_choices()  # type: ignore[attr-defined] # likewise

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("kind") in NAMES_PURPOSES and not found.get("purposes"):
            self.add_error("purposes", _("请选择涉及哪些用途。"))
        if found.get("purposes") and found.get("kind") not in NAMES_PURPOSES:
            self.add_error("purposes", _("只有限制处理或拒绝处理才选用途。"))
        return found


class ScoreForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("您对这次办理满意吗"),
        coerce=int,
        choices=[NOT_CHOSEN, *((n, str(n)) for n in range(rules.SCORES, 0, -1))],
        help_text=_("5 分最满意，只能评一次。2 分及以下会转监督员重新办理。"),
    )
    remark = forms.CharField(
        label=_("还想说的（可以不填）"),
        max_length=rules.MOST_REMARK,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
