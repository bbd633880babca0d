"""Validation of what is written down about a decision; nothing here saves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.customers.asking.boxes import BoxesForm
from shouxin.customers.consents import rules
from shouxin.customers.consents.models import Channel, Proof
from shouxin.gate.limits import ZONE

DOORS = (Channel.COUNTER, Channel.PHONE, Channel.PAPER)  # at which staff write down what somebody said
SCANS = ".pdf,.jpg,.jpeg,.png,.webp,.tif,.tiff"


class AskForm(BoxesForm):
    """The boxes of one page, none of them ticked, and through which door the person decided."""

    told = forms.BooleanField(
        label=_("已向本人出示或读出上面的告知，下面是本人自己的选择"),
        error_messages={"required": _("请先向本人出示或读出告知，再勾选。")},
    )
    channel = forms.TypedChoiceField(
        label=_("本人怎样表示的"), choices=[(one.value, one.label) for one in DOORS], coerce=Channel
    )
    scan = forms.FileField(
        label=_("签署件扫描"),
        required=False,
        widget=forms.FileInput(attrs={"accept": SCANS}),
        help_text=_("纸质同意必须上传，随客户档案加密存储；PDF 或图片。"),
    )
    until = forms.DateField(
        label=_("有效期至"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "本人只同意更短的时间时填写，过了当天自动失效；不填即按页面上写明的，没有写明的到撤回为止。"
        ),
    )
    guardian = forms.TypedChoiceField(
        label=_("代为同意的监护人"), required=False, coerce=UUID, empty_value=None
    )
    proof = forms.ChoiceField(
        label=_("核验过的监护证明"), required=False, choices=[("", "—"), *Proof.choices]
    )

    own_wish = forms.BooleanField(
        label=_("本人主动前来提出，工作人员没有征求"),
        error_messages={"required": _("本人拒绝后不得再征求；只有本人主动提出才能记下。")},
    )

    def __init__(
        self,
        *args: Any,
        guardians: Sequence[tuple[str, str]],
        now: datetime,
        wished: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        if not wished:
            del self.fields["own_wish"]
        if guardians:
            self.fields["guardian"].choices = [("", "—"), *guardians]  # type: ignore[attr-defined]
        else:
            del self.fields["guardian"], self.fields["proof"]

    @property
    def ends(self) -> datetime | None:
        """The moment after which the consent holds no longer: the end of the day."""
        day = self.cleaned_data.get("until")
        return rules.end_of(day) if day else None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        paper = found.get("channel") is Channel.PAPER
        if paper and not found.get("scan") and "scan" not in self.errors:
            self.add_error("scan", _("纸质同意须上传本人签署的扫描件。"))
        if found.get("scan") and not paper and "channel" in found:
            self.add_error("channel", _("上传了扫描件，请选择“纸质”。"))
        if found.get("until") and found["until"] < self._now.astimezone(ZONE).date():
            self.add_error("until", _("有效期不能早于今天。"))
        longest = rules.ends(self._now, self.page.months, None)
        if longest and self.ends and self.ends > longest:
            self.add_error("until", _("不能晚于页面上写明的有效期。"))
        return found
