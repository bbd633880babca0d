"""Validation of an upload; nothing here saves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import FieldRule
from shouxin.customers.attachments.rules import AT_ONCE
from shouxin.customers.registry.models import Channel

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.webp,.tif,.tiff,.docx,.xlsx"


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files at once."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = list(data) if isinstance(data, (list, tuple)) else [data]
        if len(given) > AT_ONCE:
            raise forms.ValidationError(_("一次最多 %(most)d 个文件。") % {"most": AT_ONCE})
        return [super(FilesField, self).clean(one, initial) for one in given or [None]]


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("种类"))
    channel = forms.ChoiceField(
        label=_("收集渠道"), choices=[choice for choice in Channel.choices if choice[0] != "api"]
    )
    documents = FilesField(label=_("文件"), widget=Files(attrs={"accept": ACCEPTED}), allow_empty_file=True)

    def __init__(
        self, *args: Any, rules: Sequence[FieldRule], one: bool = False, kind: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        choices = [(rule.key, rule.name.in_(language)) for rule in rules if not kind or rule.key == kind]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        if not one:
            self.fields["documents"].widget.attrs["multiple"] = True
