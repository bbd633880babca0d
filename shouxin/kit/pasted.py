"""A form field for an id that people paste, alone or in the address of a page."""

import re
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
LONGEST = 300


class PastedIdField(forms.CharField):
    """Gives the id as UUID, or None for nothing; what was typed beside it is dropped."""

    def __init__(self, *, required: bool = True, label: object = None, help_text: object = "") -> None:
        super().__init__(
            required=required,
            label=label,  # type: ignore[arg-type]  # a lazy string
            help_text=help_text,  # type: ignore[arg-type]
            max_length=LONGEST,
            widget=forms.TextInput(
                attrs={
                    "placeholder": _("档案号，或客户页的地址"),
                    "autocomplete": "off",
                    "spellcheck": "false",
                }
            ),
        )

    def clean(self, value: object) -> UUID | None:
        """Take the id out of what was pasted."""
        text = super().clean(value).strip()
        if not text:
            return None
        found = _ID.search(text)
        if not found:
            raise forms.ValidationError(
                _("请粘贴客户档案号：它在客户页的地址里，也在日志条目上。这里不按姓名、电话查找。")
            )
        return UUID(found[0])
