"""Validation of what is noted of a contact; nothing here saves."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.customers.promises.rules import MOST_TEXT as MOST_PROMISE
from shouxin.customers.timeline.rules import CHANNELS, DIRECTIONS, MOST_TEXT
from shouxin.customers.timeline.services import Said

WHERE = {
    "text.length": "text",
    "due.past": "due_on",
    "due.far": "due_on",
}  # the field at which a refusal stands


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("往来记录"),
        max_length=MOST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "1 已答复 · 2 已办理 · 3 未接通 · 4 已转交同事 · 5 约定再联系；按数字再回车，后面也可以接着写。"
        ),
    )
    channel = forms.ChoiceField(label=_("方式"))
    direction = forms.ChoiceField(label=_("谁联系谁"))
    complaint = forms.BooleanField(label=_("这是投诉"), required=False)
    promise = forms.CharField(
        label=_("接下来答应了什么"),
        max_length=MOST_PROMISE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    due_on = forms.DateField(label=_("哪天前"), required=False, widget=_Day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "note_%s", **kwargs})
        language = get_language() or "zh-hans"
        for name, choices in (("channel", CHANNELS), ("direction", DIRECTIONS)):
            self.fields[name].choices = [(key, capfirst(text.in_(language))) for key, text in choices.items()]  # type: ignore[attr-defined]

    def refuse(self, code: str, why: str) -> None:
        """Say at its own field why nothing was kept: of a promise and its day, the one that is missing."""
        field = WHERE.get(code)
        if code == "promise.half":
            field = "due_on" if self.cleaned_data["promise"].strip() else "promise"
        self.add_error(field, why)

    def point(self) -> None:
        """The first field that has to be mended gets the cursor."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True

    @property
    def what_follows(self) -> list[forms.BoundField]:
        return [self["promise"], self["due_on"]]

    @property
    def said(self) -> Said:
        found = self.cleaned_data
        return Said(
            channel=found["channel"],
            direction=found["direction"],
            text=found["text"],
            complaint=found["complaint"],
            promise=found["promise"],
            due_on=found["due_on"],
        )
