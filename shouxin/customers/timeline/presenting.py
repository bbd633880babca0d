"""A customer's timeline in sentences, and the card on which a contact is noted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission
from shouxin.customers.handover.queries import names
from shouxin.customers.promises.presenting import PROBLEMS as PROMISE_PROBLEMS
from shouxin.customers.registry import shown
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.models import Record, RecordKind
from shouxin.customers.registry.presenting import NOT_WORKED_ON
from shouxin.customers.timeline import queries, rules
from shouxin.customers.timeline.folding import fold
from shouxin.customers.timeline.forms import NoteForm
from shouxin.customers.timeline.queries import Item
from shouxin.gate.models import Contact
from shouxin.gate.naming import naming_for
from shouxin.kit import clock
from shouxin.people.readers import knowing
from shouxin.people.telling import names_in
from shouxin.people.working_purpose import purpose_of

LATEST = 8
PROBLEMS = {
    **PROMISE_PROBLEMS,
    "text.length": gettext_lazy("请写一句话，或按一个数字。"),
    "promise.half": gettext_lazy("答应的事和期限要一起填写。"),
    "complaint.not-here": gettext_lazy("当前目的不保存投诉内容；请改用“客户服务”目的记录。"),
}
SHOWS = {
    "": gettext_lazy("全部"),
    "contacts": gettext_lazy("往来"),
    "trade": gettext_lazy("订单与合同"),
    "promises": gettext_lazy("需求与承诺"),
    "complaints": gettext_lazy("投诉和申请"),
    "limits": gettext_lazy("联系限制"),
    "reads": gettext_lazy("查看"),
    "changes": gettext_lazy("变更"),
}
# What a record's line says, in this order; dates and numbers of our own first.
_SAID: Mapping[str, Sequence[str]] = {
    "interaction": (
        *("interaction_at", "interaction_channel", "interaction_direction", "interaction_outcome"),
        *("complaint", "interaction_note", "visit_record"),
    ),
    "order": ("order_date", "order_no", "product_name"),
    "contract": ("contract_signed_on", "contract_no", "contract_name"),
    "promise": ("promise_text", "need_text"),
}


def lines(items: Iterable[Item], purpose: str) -> list[dict[str, Any]]:
    """Each line with its moment, its words, who did it, and what it is; fields beyond the purpose are not named."""
    kept = list(items)
    known = names_in(item.line for item in kept if item.line)
    with naming_for(purpose), knowing(known):
        return _lines(kept, known)


def _lines(kept: Sequence[Item], known: Mapping[UUID, str]) -> list[dict[str, Any]]:
    language = get_language() or "zh-hans"
    makers = names([item.record.created_by for item in kept if item.record])
    entries = [item.line for item in kept if item.line]
    said = dict(
        zip(
            (line.id for line in entries),
            fold([(line.sentence(language), line.data) for line in entries], language),
            strict=True,
        )
    )
    told = []
    for item in kept:
        if item.line:
            told.append(
                {
                    "at": item.line.at,
                    "day_only": False,
                    "sentence": said[item.line.id].sentence,
                    "groups": said[item.line.id].groups,
                    "who": known.get(item.line.actor, _("系统")),
                    "tag": "",
                }
            )
        elif item.record:
            told.append(_record(item, item.record, makers))
    return told


def _record(item: Item, record: Record, makers: Mapping[UUID, str]) -> dict[str, Any]:
    cells, words = item.cells or {}, []
    elsewhen = item.place != rules.entered(record.id)
    for key in _SAID.get(record.kind, ()):
        cell = None if elsewhen and key in queries.DATES else cells.get(key)
        text = _("、").join(cell.lines) if cell and cell.lines else cell.text if cell else None
        if text and text not in words:
            words.append(text)
    complained = "complaint" in cells
    return {
        "at": datetime.fromtimestamp(item.place.ms / 1000, UTC),
        "day_only": item.day_only,
        "entered": record.created_at if elsewhen else None,
        "sentence": " · ".join(words) or _("当前目的下不显示内容"),
        "who": makers.get(record.created_by, _("系统")),
        "tag": _("投诉") if complained else RecordKind(record.kind).label,
        "bad": complained,
    }


def note_form(contact: Contact, data: Any = None) -> NoteForm:
    """With what the contact's reason suggests."""
    direction = rules.suggested_direction(contact.reason_class)
    return NoteForm(data, initial={"channel": "phone", "direction": direction})


def note_card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """During a contact, and after it as long as nothing was noted."""
    view, actor = shown.of(request, customer), _actor(request)
    if view is None or actor is None or not actor.may(Permission.CUSTOMERS_PROFILE_EDIT):
        return None
    if relation_to(actor, view.row) in NOT_WORKED_ON:
        return None
    now = clock.now()
    contact = queries.unnoted(actor, customer, now)
    if contact is None:
        return None
    form, live = note_form(contact), contact.ends_at > now
    if live:
        form.fields["text"].widget.attrs["autofocus"] = True  # one digit and Enter note it
    return {"row": view.row, "note_form": form, "live": live}


def timeline_card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """The newest lines, with what the page shows already."""
    view, actor = shown.of(request, customer), _actor(request)
    if view is None or actor is None:
        return None
    cells = {record.id: record.cells for record in view.records}
    return {
        "row": view.row,
        "lines": lines(queries.latest(view.row, cells, LATEST), purpose_of(request, actor)),
    }


def _actor(request: HttpRequest) -> Actor | None:
    actor: Actor | None = getattr(request, "actor", None)
    return actor
