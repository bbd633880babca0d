"""Validation of what somebody chooses about their screens; nothing here saves."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.people.preferences.rules import ZONES, offset


class DisplayForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=_("时区"), help_text=_("页面上的时间按它显示；到期日等以单位所在地（北京时间）为准。")
    )
    compact = forms.TypedChoiceField(
        label=_("表格行距"),
        choices=[("", _("宽松")), ("1", _("紧凑"))],
        coerce=bool,
        required=False,
        help_text=_("紧凑时一屏能看到更多行。"),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            (zone, f"{name.in_(language)} ({offset(now.astimezone(ZoneInfo(zone)))})")
            for zone, name in ZONES.items()
        ]
