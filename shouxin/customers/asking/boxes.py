"""The boxes of one page as a form: none of them ticked, and the page named by its digest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language

from shouxin.customers.consents import rules
from shouxin.customers.consents.pages import Page
from shouxin.gate.facts import rules as rulebooks


class BoxesForm(forms.Form):
    """What somebody ticks of `page`; what is not ticked is not agreed to, but for what is `kept`, agreed to before, so
    that nobody asks for it again, and what is `closed`: said no to not long ago, until when nobody may ask. What is
    `ending` may be gone on with; not ticked, it holds until its end."""

    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        page: Page,
        kept: frozenset[str] = frozenset(),
        closed: Mapping[str, datetime] | None = None,
        ending: Mapping[str, datetime] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.page, self.kept, self.closed = page, kept, closed or {}
        self.ending = {key: until for key, until in (ending or {}).items() if key in kept}
        language = get_language() or "zh-hans"
        self.boxes = [f"box_{number}" for number in range(len(page.boxes))]
        for name, box in zip(self.boxes, page.boxes, strict=True):
            if box.key not in self.closed and (box.key not in kept or box.key in self.ending):
                self.fields[name] = forms.BooleanField(label=box.label.in_(language), required=False)
        self.fields["shown"].initial = page.sha256

    @property
    def ticked(self) -> frozenset[str]:
        """The boxes that were ticked, by the names their page gives them."""
        pairs = zip(self.boxes, self.page.boxes, strict=True)
        return frozenset(box.key for name, box in pairs if self.cleaned_data.get(name))

    def rows(self) -> list[dict[str, Any]]:
        """Each box with its field, for asking/boxes.html; of what leaves, which fields it is about."""
        known, language = rulebooks["rulebook"].fields(), get_language() or "zh-hans"
        apart = ", " if language.startswith("en") else "、"
        return [
            {
                "field": self[name] if name in self.fields else None,
                "closed_until": self.closed.get(box.key),
                "until": self.ending.get(box.key),
                "label": box.label.in_(language),
                "box": box,
                "separate": box.kind != rules.GENERAL,
                "leaves": apart.join(known[key].name.in_(language) for key in box.fields if key in known)
                if box.kind in rules.LEAVING
                else "",
            }
            for name, box in zip(self.boxes, self.page.boxes, strict=True)
        ]
