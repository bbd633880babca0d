"""Validation of what is asked for when a form becomes public; nothing here saves."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor
from shouxin.customers.collection.models import CollectionPlan, PlanState
from shouxin.customers.public_forms import rules
from shouxin.customers.public_forms.models import Becomes
from shouxin.customers.public_forms.services import Wanted
from shouxin.people import queries as people


class PublicFormForm(forms.Form):
    """Whose customers people become, until when, how many, from which web sites."""

    department = forms.TypedChoiceField(
        label=_("归口部门"), coerce=UUID, help_text=_("填写的人成为这个部门的客户。")
    )
    becomes = forms.TypedChoiceField(
        label=_("填写的人成为"), choices=Becomes.choices, coerce=Becomes, initial=Becomes.CUSTOMER
    )
    ends_on = forms.DateField(
        label=_("开放到"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("当天仍可填写，次日自动停止；最长一年。"),
    )
    maximum = forms.IntegerField(
        label=_("最多接受（份）"), min_value=1, max_value=rules.MOST, help_text=_("达到即自动停止。")
    )
    plan = forms.TypedChoiceField(
        label=_("收集计划"),
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text=_("可以不选；选了，计划到期、满额或停止时一起停止。"),
    )
    origins = forms.CharField(
        label=_("可以嵌用的网站"),
        required=False,
        max_length=2400,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://www.example.com"}),
        help_text=_(
            "本单位自己的网站要用接口提交时填写，一行一个，如 https://www.example.com；不填则只有公开页面。"
        ),
    )

    def __init__(self, *args: Any, actor: Actor, form: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        own = [(str(d.id), d.name) for d in people.departments() if d.id in actor.department_ids]
        self.fields["department"].choices = own  # type: ignore[attr-defined]
        self.fields["department"].initial = str(actor.department_id)
        plans = CollectionPlan.objects.filter(state=PlanState.RUNNING, forms=form).order_by("-id")
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((str(plan.id), plan.title) for plan in plans),
        ]

    def wanted(self) -> Wanted:
        """What was typed."""
        said = self.cleaned_data
        origins = tuple(line.strip() for line in said["origins"].splitlines() if line.strip())
        return Wanted(
            said["department"],
            said["ends_on"],
            said["maximum"],
            said["plan"],
            origins,
            said["becomes"],
        )
