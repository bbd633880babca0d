"""What happens to collection forms, as the journal tells it."""

from uuid import UUID

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.collection_forms.models import FormKind
from shouxin.customers.collection_forms.queries import form_title
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "form.drafted",
        "起草{form_kind}表单“{collection_form}”第 {number} 版",
        "Drafted version {number} of the {form_kind} form “{collection_form}”",
    ),
    (
        "form.edited",
        "修改表单“{collection_form}”第 {number} 版",
        "Edited version {number} of the form “{collection_form}”",
    ),
    (
        "form.submitted",
        "提交表单“{collection_form}”第 {number} 版审批",
        "Submitted version {number} of the form “{collection_form}”",
    ),
    (
        "form.returned",
        "退回表单“{collection_form}”第 {number} 版",
        "Returned version {number} of the form “{collection_form}”",
    ),
    (
        "form.published",
        "发布表单“{collection_form}”第 {number} 版：字段 {fields}",
        "Published version {number} of the form “{collection_form}”: {fields}",
    ),
    (
        "form.withdrawn",
        "停用表单“{collection_form}”第 {number} 版",
        "Withdrew version {number} of the form “{collection_form}”",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def title_of(value: object, language: str) -> str:
    """A form by its name."""
    try:
        found = form_title(UUID(str(value)))
    except ValueError:
        found = None
    return found.in_(language) if found else str(value)


def kind_of(value: object, language: str) -> str:
    """What kind of form it is, by its name."""
    with override(language):
        return str(FormKind(value).label) if value in FormKind.values else str(value)


words.register("collection_form", title_of)
words.register("form_kind", kind_of)
