"""Validation of what is chosen when customers are handed over; nothing here saves."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.people.models import Staff


class SuccessorForm(forms.Form):
    successor = forms.TypedChoiceField(
        label=_("接收人"),
        coerce=UUID,
        help_text=_("在客户归口部门任职、没有预告离职的同事；本人接收之后才生效。"),
    )

    def __init__(self, *args: Any, possible: Sequence[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        names = [(str(one.id), f"{one.display_name}（{one.department}）") for one in possible]
        self.fields["successor"].choices = [("", _("请选择")), *names]  # type: ignore[attr-defined]
