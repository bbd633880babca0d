"""A customer's page in words: who it is, where it stands, what is known, what can be done now, what happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from math import ceil
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, GroupState, Permission, PurposeRule, Relation, may_be_granted
from shouxin.customers.registry import grouping, verified
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.jurisdiction import applying
from shouxin.customers.registry.models import Customer, Visibility
from shouxin.customers.registry.presenting import (
    NOT_WORKED_ON,
    STRIP,
    TIMELINE,
    cell,
    checks,
    contact_of,
    names,
)
from shouxin.customers.registry.queries import CustomerView
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.models import Contact
from shouxin.gate.naming import naming_for
from shouxin.gate.openable import openable
from shouxin.gate.rules import REASON_CLASSES
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.kit.detail import Standing, Verb
from shouxin.kit.panels import Piece, pieces
from shouxin.people.doors import StaffRequest
from shouxin.people.telling import told
from shouxin.vault.queries import states

MINUTE = 60


def _language() -> str:
    return get_language() or "zh-hans"


def page_context(request: StaffRequest, view: CustomerView, purpose: PurposeRule) -> dict[str, Any]:
    """Everything the page's template is given."""
    row, now, actor = view.row, clock.now(), request.actor
    known = verified.standing([row.id], now)
    view, checked = verified.marked(view, known), checks(known)
    contact, relation = contact_of(request, row, now), relation_to(actor, row)
    standings = states([row.id]).get(row.id, {})
    provenances = grouping.provenances_of(view)
    filled, empty = grouping.sections(view, purpose, provenances, checked)
    name = names(view)
    may_contact = actor.may(Permission.CUSTOMERS_CONTACT_OPEN) and relation is not Relation.OVERSEEN
    may_edit = (
        actor.may(Permission.CUSTOMERS_PROFILE_EDIT)
        and row.visibility == Visibility.OPEN
        and relation not in NOT_WORKED_ON
    )
    opening = _opens(actor, view, purpose, relation, now) if may_contact else {}
    return {
        "page_title": (name.text if name and name.text else _("客户档案")),
        "row": row,
        "standing": standing(row, contact, standings),
        "jurisdiction": applying(row, _language()),
        "strip": [cell(view.cells[key]) for key in STRIP if key in view.cells][:3],
        "strictest": _strictest(view),
        "groups": grouping.groups(view, standings, provenances, checked),
        "over": grouping.over(purpose, standings),
        "sections": filled,
        "empty_sections": empty,
        "reasons": [(key, text.in_(_language())) for key, text in REASON_CLASSES.items()],
        "purpose_name": purpose.name.in_(_language()),
        "entries": entries(row.id, purpose, actor),
        "may_edit": may_edit,
        "may_contact": may_contact,
        "masked_only": relation is Relation.OVERSEEN,
        "may_reveal": actor.may(Permission.CUSTOMERS_FIELD_REVEAL) and contact is not None,
        "withheld": view.withheld,
        "verbs": verbs(
            actor,
            row,
            relation,
            contact,
            may_edit=may_edit,
            may_contact=may_contact,
            apply=_apply_first(opening, relation),
        ),
        **_held(contact, now),
        **opening,
        **_hung(request, row.id, filled),
    }


def standing(row: Customer, contact: Contact | None, standings: Mapping[str, GroupState]) -> Standing:
    """Where the customer stands, in two levels."""
    kinds = set(standings.values())
    if row.visibility != Visibility.OPEN:
        return Standing("warn", row.get_visibility_display(), row.get_kind_display())
    for state in (GroupState.DESTROYED, GroupState.LOCKED, GroupState.TRANSFERRED, GroupState.ANONYMISED):
        if kinds == {state}:
            kind, name = grouping.STATES[state]
            return Standing(kind, name, row.get_kind_display())
    if contact:
        return Standing("ok", _("使用中"), _("接待中"))
    if GroupState.LOCKED in kinds:
        return Standing("ok", _("使用中"), _("部分封存"))
    return Standing("ok", _("使用中"), row.get_kind_display())


def _strictest(view: CustomerView) -> Any:
    """The grade of what needs the most care among what is shown."""
    shown = [
        found.rule for found in chain(view.cells.values(), *(one.cells.values() for one in view.records))
    ]
    return max(shown, key=grouping.care, default=None)


def _held(contact: Contact | None, now: datetime) -> dict[str, Any]:
    if contact is None:
        return {"contact": None}
    return {
        "contact": contact,
        "contact_reason": REASON_CLASSES[contact.reason_class].in_(_language()),
        "minutes": max(1, ceil((contact.ends_at - now).total_seconds() / MINUTE)),
    }


def _opens(
    actor: Actor, view: CustomerView, purpose: PurposeRule, relation: Relation, now: datetime
) -> dict[str, Any]:
    """What a contact opens, what a grant may be asked for, and what none can open: of others' customers, anything."""
    covered = [key for key, found in view.cells.items() if cell(found)["masked"] or cell(found)["hidden"]]
    if not covered or not actor.may(Permission.CUSTOMERS_FIELD_REVEAL):
        return {"opens": [], "beyond": [], "unopened": ()}
    answers = openable(actor=actor, purpose=purpose.key, customer=view.row.id, fields=covered, now=now)
    beyond = [key for key in covered if answers[key] is not None]
    known = rulebooks["rulebook"].fields()
    never = [key for key in beyond if relation is Relation.OWN and not may_be_granted(known[key])]
    # For this purpose; which of the fields one needs is for oneself to tick (最小必要).
    apply = address_of("access:propose")
    return {
        "opens": grouping.names_of(key for key in covered if answers[key] is None),
        "beyond": grouping.names_of(key for key in beyond if relation is Relation.OWN and key not in never),
        "never": grouping.names_of(never),
        "answers": who_answers(view.row) if beyond and relation is not Relation.OWN else "",
        "unopened": beyond,
        "apply_address": apply and f"{apply}?purpose={purpose.key}",
    }


def who_answers(row: Customer) -> str:
    """Whom to ask about a customer: whoever is responsible, or else the department."""
    return str(row.responsible.display_name if row.responsible else row.owner_department.name)


def _apply_first(opening: Mapping[str, Any], relation: Relation) -> str | None:
    """Where to apply when a contact would open nothing: empty for customers of others, whom a grant does not reach."""
    if opening.get("opens") or not opening.get("unopened"):
        return None
    return str(opening["apply_address"]) if relation is Relation.OWN else ""


def address_of(name: str, *args: UUID) -> str:
    """Where a page of a higher floor stands; nothing while it is not mounted."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def verbs(
    actor: Actor,
    row: Customer,
    relation: Relation,
    contact: Contact | None,
    *,
    may_edit: bool,
    may_contact: bool,
    apply: str | None,
) -> list[Verb]:
    """What can be done now; what somebody of this role usually could says why it cannot.

    `apply`: where a grant is applied for, since without one a contact would open nothing.
    """
    answers = who_answers(row)
    found = []
    if may_edit:
        found += [
            Verb(_("修改"), href=reverse("customers:edit", args=[row.id])),
            Verb(_("负责人与范围"), href=reverse("customers:assign", args=[row.id])),
        ]
    elif actor.may(Permission.CUSTOMERS_PROFILE_EDIT):
        waiting = row.visibility != Visibility.OPEN
        why = _("这批数据还没有确认。") if waiting else _("不归您办理，只看脱敏。")
        way = _("请部门负责人先确认。") if waiting else _("请找%(who)s。") % {"who": answers}
        found.append(Verb(_("修改"), why=why, way=way))
    if actor.may(Permission.CUSTOMERS_FIELD_REVEAL) and contact is None and may_contact:
        found.append(_look_first(answers, apply))
    found.append(Verb(_("字段历史"), href=reverse("customers:history", args=[row.id])))
    explained = address_of("gate:explain")
    if explained and actor.may(Permission.GATE_DECISION_EXPLAIN):
        found.append(Verb(_("权限判定说明"), href=f"{explained}?customer={row.id}"))
    if relation is not Relation.OVERSEEN and actor.may(Permission.ACCESS_EMERGENCY_OPEN):
        emergency = address_of("access:emergency_open", row.id)
        found += [Verb(_("应急访问"), href=emergency, style="danger")] if emergency else []
    return found


def _look_first(who: str, apply: str | None) -> Verb:
    """Why nothing is seen clear before a contact: the reason is missing, or (`apply`) a contact would not open it
    either: whoever serves the customer applies for a grant, others turn to them."""
    if apply is None:
        return Verb(_("查看明文"), why=_("须先说明事由。"), way=_("去开始接待"), way_href="#contact")
    why = _("您没有可用于这位客户的用数授权，开始接待后也看不到。")
    if apply:
        return Verb(_("查看明文"), why=why, way=_("申请授权"), way_href=apply)
    return Verb(_("查看明文"), why=why, way=_("请找%(who)s。") % {"who": who})


def entries(customer: UUID, purpose: PurposeRule, actor: Actor) -> list[dict[str, Any]]:
    """The journal's sentences about a customer, with staff by name; the same act repeated stands once, counted.

    Fields of another use than the purpose's are not named, only counted.
    """
    with naming_for(purpose.key):
        return told(timeline(customer, limit=TIMELINE), actor)


def _hung(request: StaffRequest, customer: UUID, filled: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What rooms above hang into the page, and the row of sections that leads to all of it."""
    hung = {place: pieces(f"customer.{place}", request, customer) for place in ("verbs", "sections", "side")}
    tabs: list[tuple[str, Any, int | None]] = [("profile", _("基本信息"), None)]
    tabs += [(section["anchor"], section["label"], section["count"]) for section in filled]
    parts: list[Piece] = [*hung["sections"], *hung["side"]]
    tabs += [(one.anchor, one.tab, one.count) for one in parts if one.tab]
    tabs += [("timeline", _("时间线"), None), ("verbs", _("可以办理"), None)]
    return {
        "tabs": [{"anchor": anchor, "title": title, "count": count} for anchor, title, count in tabs],
        "hung_verbs": hung["verbs"],
        "hung_sections": hung["sections"],
        "hung_side": hung["side"],
    }
