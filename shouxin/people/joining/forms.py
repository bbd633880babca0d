"""Validation of what is handed in when people join; nothing here saves."""

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SALT = "people.joining"
KEPT = 3600  # seconds between the preview and the creation


class TableForm(forms.Form):
    file = forms.FileField(
        label=_("表格"),
        help_text=_("XLSX 或 CSV，最多 200 人；列名与模板相同。文件不保存。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"empty": _("文件是空的。")},
    )


class RowsForm(forms.Form):
    """The rows of a previewed table, signed: what is created is what was shown."""

    rows = forms.CharField(widget=forms.HiddenInput)

    def clean_rows(self) -> list[tuple[int, list[str]]]:
        try:
            kept: Any = signing.loads(self.cleaned_data["rows"], salt=SALT, max_age=KEPT)
        except signing.BadSignature as error:
            raise ValidationError(_("预览已过期，请重新上传表格。")) from error
        return [(int(number), [str(cell) for cell in cells]) for number, cells in kept]


def signed(rows: list[tuple[int, list[str]]]) -> str:
    return signing.dumps(rows, salt=SALT, compress=True)
