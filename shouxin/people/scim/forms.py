"""Settings of a SCIM connection, and what its groups mean; nothing here saves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shouxin.people.connections import rules
from shouxin.people.connections.kinds import SettingsForm
from shouxin.people.forms import department_choices
from shouxin.people.models import Department


class ScimForm(SettingsForm):
    department = forms.ChoiceField(
        label=_("新人员的部门"), help_text=_("目录新增的人先到这里；组另有所属部门的，随组调整。")
    )
    addresses = forms.CharField(
        label=_("来源地址"),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "203.0.113.7\n10.1.0.0/16"}),
        help_text=_("每行一个地址或网段（CIDR）；不接受不限地址。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        if isinstance(initial.get("addresses"), list):
            initial["addresses"] = "\n".join(initial["addresses"])
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.fields["department"].choices = [("", _("请选择")), *department_choices()]  # type: ignore[attr-defined]

    def clean_addresses(self) -> list[str]:
        given = [line for line in str(self.cleaned_data["addresses"]).split() if line]
        found = [rules.network(line) for line in given]
        if not found or None in found:
            raise ValidationError(_("来源地址须是地址或网段（CIDR），不能不限地址。"))
        return sorted({one for one in found if one})


def shown(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The settings as the connection's page reads them out."""
    department = Department.objects.filter(id=UUID(settings["department"])).first()
    return [
        (str(_("新人员的部门")), department.name if department else "—"),
        (str(_("来源地址")), " ".join(settings["addresses"])),
    ]
