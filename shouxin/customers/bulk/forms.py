"""What a verb over many customers needs to know; nothing here saves."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.core.policy import Actor, Role
from shouxin.customers.quality.rules import MOST_LATER
from shouxin.customers.registry.models import Scope
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.people.models import Staff

MOST_COLLEAGUES = 500


class PlainForm(forms.Form):
    """Nothing to be said."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ARG002 - as its sisters take it
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AssignForm(PlainForm):
    responsible = forms.ChoiceField(label=gettext_lazy("负责人"), required=False)
    scope = forms.ChoiceField(
        label=gettext_lazy("可见范围"),
        required=False,
        choices=[("", gettext_lazy("不变")), *Scope.choices],
        help_text=gettext_lazy("负责人须在客户的归口部门任职；其他部门的客户会列为未完成。"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        theirs = [one for place in sorted(actor.department_ids) for one in people.colleagues_of(place)]
        self.fields["responsible"].choices = [  # type: ignore[attr-defined]
            ("", _("（本部门共同负责）")),
            *dict(theirs[:MOST_COLLEAGUES]).items(),
        ]


class HandoverForm(PlainForm):
    successor = forms.ChoiceField(
        label=gettext_lazy("接收人"),
        help_text=gettext_lazy("接收人须在客户的归口部门任职，且没有预告离职。"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        found = Staff.objects.filter(
            is_active=True,
            department_id__in=list(actor.department_ids),
            roles__overlap=[Role.CLERK.value, Role.HEAD.value],
        ).exclude(id=actor.id)
        self.fields["successor"].choices = [  # type: ignore[attr-defined]
            (str(one.id), one.display_name) for one in found.order_by("display_name")[:MOST_COLLEAGUES]
        ]


class UnreachableForm(PlainForm):
    until = forms.DateField(
        label=gettext_lazy("暂缓核实到"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["until"].initial = clock.today() + timedelta(days=MOST_LATER // 2)
        self.fields["until"].help_text = _("最多 %(days)d 天") % {"days": MOST_LATER}

    def clean_until(self) -> str:
        """The day as it is kept with the operation."""
        until, today = self.cleaned_data["until"], clock.today()
        if not today < until <= today + timedelta(days=MOST_LATER):
            raise forms.ValidationError(_("日期须在明天到 %(days)d 天之内。") % {"days": MOST_LATER})
        return str(until.isoformat())


class SegmentForm(PlainForm):
    segment = forms.CharField(
        label=gettext_lazy("细分"),
        max_length=40,
        help_text=gettext_lazy("细分以明文保存、用于筛选，请勿写入客户的个人信息。"),
    )
