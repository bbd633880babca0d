"""What an auditor may look for: posted, resolved to pseudonyms and ids at once, and kept as these alone."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.console.journal import areas, naming
from shouxin.console.journal.services import Search
from shouxin.journal.queries import names_of_events
from shouxin.kit import clock
from shouxin.kit.pasted import PastedIdField
from shouxin.people import queries as people

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
LONGEST = 200
MOST_NAMED = 5
LAST_DAYS = {"1": _("今天"), "7": _("近 7 天"), "30": _("近 30 天")}


class SearchForm(forms.Form):
    """Everything optional: one's name, a customer's id, an event, a purpose, days."""

    person = forms.CharField(
        label=_("人员"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"placeholder": _("姓名或用户名"), "autocomplete": "off"}),
    )
    customer = PastedIdField(label=_("客户档案号"), required=False)
    event = forms.ChoiceField(label=_("事项"), required=False)
    purpose = forms.ChoiceField(label=pgettext_lazy("label", "处理目的"), required=False)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        kinds = areas.choices(names_of_events(), language)
        purposes = naming.purpose_names(language)
        self.fields["event"].choices = [("", _("全部")), *kinds]  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [("", _("全部")), *purposes.items()]  # type: ignore[attr-defined]

    def clean_person(self) -> UUID | None:
        """The pseudonym behind a name, a log-in, a service of the product, or itself."""
        text = str(self.cleaned_data["person"]).strip()
        if not text:
            return None
        if found := _ID.fullmatch(text):
            return UUID(found[0])
        service = naming.service_called(text)
        if service is not None:
            return service
        matching = people.called(text, limit=MOST_NAMED + 1)
        if not matching:
            raise forms.ValidationError(gettext("没有叫这个名字的人员，也没有这个用户名。"))
        if len(matching) > 1:
            names = "、".join(f"{one.display_name} ({one.user_name})" for one in matching[:MOST_NAMED])
            raise forms.ValidationError(gettext("不止一位：%(names)s。请填用户名。") % {"names": names})
        return matching[0].pseudonym

    def clean(self) -> dict[str, Any]:
        """A span ends after it begins."""
        asked = self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("结束日期早于开始日期。"))
        return asked

    def codes(self) -> dict[str, str]:
        """What is kept of a valid search: pseudonyms, ids, codes and days."""
        return {key: str(value) for key, value in self.cleaned_data.items() if value}


def dated(posted: QueryDict) -> QueryDict:
    """What was posted, with the days of the span that a button named: the last days, today among them."""
    days = posted.get("last", "")
    if days not in LAST_DAYS:
        return posted
    filled, today = posted.copy(), clock.today()
    filled["since"], filled["until"] = str(today - timedelta(days=int(days) - 1)), str(today)
    return filled


def understood(kept: Mapping[str, str]) -> dict[str, str]:
    """What a kept search says, without what is no code of its field."""
    read: dict[str, Callable[[str], object]] = {
        "person": UUID,
        "customer": UUID,
        "since": date.fromisoformat,
        "until": date.fromisoformat,
        "event": str,
        "purpose": str,
    }
    found = {}
    for key, value in kept.items():
        with suppress(ValueError, KeyError):
            found[key] = str(read[key](value))
    return found


def searched(codes: Mapping[str, str]) -> Search:
    """The search that was kept."""
    person, customer = codes.get("person"), codes.get("customer")
    since, until = codes.get("since"), codes.get("until")
    return Search(
        event=codes.get("event"),
        actor=UUID(person) if person else None,
        customer=UUID(customer) if customer else None,
        purpose=codes.get("purpose"),
        since=date.fromisoformat(since) if since else None,
        until=date.fromisoformat(until) if until else None,
    )


def shown(codes: Mapping[str, str], language: str) -> dict[str, str]:
    """The fields of the form as one would type them."""
    filled = dict(codes)
    if person := codes.get("person"):
        filled["person"] = (
            people.log_in_behind(UUID(person)) or naming.service_named(UUID(person), language) or person
        )
    return filled
