"""Input of a region profile: the hours, and one line per field. Forms check shape; the services decide."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.regions.rules import Hours, Raise

DAYS = [(1, _("一")), (2, _("二")), (3, _("三")), (4, _("四")), (5, _("五")), (6, _("六")), (7, _("日"))]
EMPTY_LINES = 4
MOST_HOLIDAYS = 60


class RegionForm(forms.Form):
    jurisdiction = forms.RegexField(
        r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
        label=_("法域"),
        max_length=8,
        help_text=_("大写代码，如 EU、US-CA、JP。"),
        error_messages={"invalid": _("用大写代码，如 EU、US-CA、JP。")},
    )
    timezone = forms.ChoiceField(label=_("当地时区"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("可联系的星期"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    from_hour = forms.TimeField(label=_("最早"), widget=forms.TimeInput(attrs={"type": "time"}))
    until_hour = forms.TimeField(label=_("最晚"), widget=forms.TimeInput(attrs={"type": "time"}))
    holidays = forms.CharField(
        label=_("当地节假日"),
        required=False,
        max_length=MOST_HOLIDAYS * 12,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "2026-12-25"}),
        help_text=_("一行一天，如 2026-12-25；这些天不打营销和服务电话，也不发送消息。"),
    )
    note = forms.CharField(label=_("理由"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc"))
        self.fields["timezone"].choices = [(name, name) for name in names]  # type: ignore[attr-defined] # a ChoiceField

    def clean_holidays(self) -> tuple[date, ...]:
        """The days, each once."""
        lines = self.cleaned_data["holidays"].split()
        try:
            days = {date.fromisoformat(line) for line in lines}
        except ValueError:
            raise forms.ValidationError(_("一行写一天，如 2026-12-25。")) from None
        if len(days) > MOST_HOLIDAYS:
            raise forms.ValidationError(_("最多 %(n)d 天。") % {"n": MOST_HOLIDAYS})
        return tuple(sorted(days))

    def hours(self) -> Hours:
        """What was said of calling and writing."""
        said = self.cleaned_data
        weekdays, holidays = tuple(said["weekdays"]), said["holidays"]
        return Hours(said["timezone"], weekdays, said["from_hour"], said["until_hour"], holidays)


class LineForm(forms.Form):
    field = forms.ChoiceField(label=_("字段"), required=False)
    level = forms.TypedChoiceField(
        label=_("至少"),
        choices=[("", "—"), *((n, str(n)) for n in range(2, 6))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    sensitive = forms.BooleanField(label=_("按敏感处理"), required=False)
    reason = forms.CharField(label=_("理由"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        rows = Field.objects.filter(active=True).exclude(exposure="public").order_by("record", "key")
        choices = [("", "—"), *((row.key, f"{row.name} · {row.get_record_display()}") for row in rows)]
        self.fields["field"].choices = choices  # type: ignore[attr-defined] # a ChoiceField

    def said(self) -> Raise | None:
        """The line, or nothing where no field is chosen."""
        data = self.cleaned_data
        if not data.get("field"):
            return None
        return Raise(data["field"], data["level"], data["sensitive"], data["reason"])


Lines: "type[forms.BaseFormSet[LineForm]]" = forms.formset_factory(LineForm, extra=EMPTY_LINES, max_num=60)
