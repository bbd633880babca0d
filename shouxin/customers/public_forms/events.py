"""What happens to public forms, as the journal tells it."""

from uuid import UUID

from shouxin.core.text import Text
from shouxin.customers.collection_forms.queries import form_title
from shouxin.customers.public_forms.models import PublicForm
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "public_form.proposed",
        "申请公开表单“{public_form}”，开放到 {until}，最多 {maximum} 份",
        "Asked for “{public_form}” to be public until {until}, at most {maximum}",
    ),
    ("public_form.approved", "批准公开表单“{public_form}”", "Approved the public form “{public_form}”"),
    ("public_form.refused", "未批准公开表单“{public_form}”", "Refused the public form “{public_form}”"),
    ("public_form.paused", "暂停公开表单“{public_form}”", "Paused the public form “{public_form}”"),
    ("public_form.resumed", "恢复公开表单“{public_form}”", "Reopened the public form “{public_form}”"),
    (
        "public_form.closed",
        "关闭公开表单“{public_form}”，已收到 {count} 份",
        "Closed the public form “{public_form}” after {count}",
    ),
    (
        "public_form.received",
        "经公开表单“{public_form}”收到一份，已给回执编号",
        "Received one by the public form “{public_form}” and gave a receipt number",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def title_of(value: object, language: str) -> str:
    """A public form by its form's name."""
    try:
        row = PublicForm.objects.filter(id=UUID(str(value))).values_list("form_id", flat=True).first()
    except ValueError:
        row = None
    found = form_title(row) if row else None
    return found.in_(language) if found else str(value)


words.register("public_form", title_of)
