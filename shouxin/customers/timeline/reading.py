"""Who read what, in words: the section of a customer's page, and the page with all of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor
from shouxin.customers.registry import shown
from shouxin.customers.timeline import reads
from shouxin.gate.events import field_names, reason_name
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.naming import naming_for
from shouxin.journal.queries import Line
from shouxin.kit.lists import Place
from shouxin.people.telling import Person, proof_of
from shouxin.people.working_purpose import purpose_of

LATEST = 6
HOW: Mapping[str, tuple[str, Any]] = {
    "field.revealed": ("warn", gettext_lazy("明文")),
    "number.dialled": ("info", gettext_lazy("拨号不看号")),
    "field.read": ("info", gettext_lazy("接口")),
    "read.refused": ("bad", gettext_lazy("未放行")),
    "profile.viewed": ("muted", gettext_lazy("脱敏")),
}


def rows(found: reads.Page, actor: Actor, purpose: str) -> list[dict[str, Any]]:
    """Each read with who, what, when and why; fields beyond the purpose are counted, not named."""
    with naming_for(purpose):
        return [_row(line, found, actor) for line in found.lines]


def _row(line: Line, found: reads.Page, actor: Actor) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    kind, how = HOW[line.event]
    rule = rulebooks["rulebook"].purpose(line.purpose or "")
    reason = line.data.get("reason")
    return {
        "at": line.at,
        "who": _who(line.actor, found, actor),
        "kind": kind,
        "how": how,
        "fields": field_names(line.data.get("fields") or [], language),
        "many": len(line.data.get("fields") or []),
        "why": " · ".join(
            part
            for part in (
                rule.name.in_(language) if rule else line.purpose or "",
                reason_name(reason, language) if reason else "",
            )
            if part
        ),
        "proof": proof_of(line.id, actor),
    }


def _who(pseudonym: UUID, found: reads.Page, actor: Actor) -> dict[str, str]:
    """By name, or by department and role, as far as the reader of this page may know."""
    if pseudonym == actor.pseudonym:
        return {"name": _("您本人"), "place": ""}
    person = found.readers.get(pseudonym, Person(_("系统")))
    place = " · ".join(part for part in (person.department, _("、").join(person.roles)) if part)
    if found.by_name or not place:
        return {"name": person.name, "place": place}
    return {"name": "", "place": place}


def reads_card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """The latest reads of clear values, refusals and reads by programs; masked views stand on the page of all."""
    view, actor = shown.of(request, customer), getattr(request, "actor", None)
    if view is None or actor is None:
        return None
    found = reads.page(actor=actor, row=view.row, clear=True, place=Place(size=LATEST))
    return {
        "row": view.row,
        "reads": rows(found, actor, purpose_of(request, actor)),
        "by_name": found.by_name,
    }
