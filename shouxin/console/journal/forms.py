"""What an auditor may look for; nobody's name or number ever stands in the address."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.journal.events import events
from shouxin.journal.queries import Filters, names_of_events
from shouxin.people.models import Staff

_PLACE = re.compile(r"\{[^}]*\}")


class FilterForm(forms.Form):
    """Everything optional; what makes no sense is left out of the search."""

    event = forms.ChoiceField(label=_("事项"), required=False)
    staff = forms.ChoiceField(label=_("人员"), required=False)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        kinds = [
            (name, _PLACE.sub("…", kind.sentence.in_(language)))
            for name in names_of_events()
            if (kind := events.get(name)) is not None
        ]
        everybody = Staff.objects.order_by("display_name").values_list("id", "display_name", "user_name")
        self.fields["event"].choices = [("", _("全部")), *kinds]  # type: ignore[attr-defined]
        self.fields["staff"].choices = [  # type: ignore[attr-defined]
            ("", _("全部")),
            *((str(key), f"{name} ({user})") for key, name, user in everybody),
        ]

    def filters(self) -> Filters:
        """The valid part of what was asked, in the words of the journal; days are those of the office."""
        self.is_valid()
        asked = self.cleaned_data
        staff = asked.get("staff")
        until = asked.get("until")
        return Filters(
            event=asked.get("event") or None,
            actor=Staff.objects.values_list("pseudonym", flat=True).get(id=UUID(staff)) if staff else None,
            since=_midnight(asked.get("since")),
            until=_midnight(until + timedelta(days=1) if until else None),
        )

    @property
    def above(self) -> UUID | None:
        """The last line of the page before this one."""
        found = self.cleaned_data.get("before")
        return found if isinstance(found, UUID) else None


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
