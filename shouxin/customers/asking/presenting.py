"""Consents and notices in words: the card on a customer's page, and the page of what was shown and decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.policy import Action, Actor, Permission, PurposeRule, PurposeStatus
from shouxin.core.text import Text
from shouxin.customers.consents import pages, queries, reading, receipts, rules, wording
from shouxin.customers.consents.models import Consent, Decision, Kind, Refusal, State
from shouxin.customers.registry import merging, shown
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.presenting import NOT_WORKED_ON, names
from shouxin.customers.relationships.guardians import guardians_of
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import cite
from shouxin.journal.queries import about
from shouxin.kit import clock
from shouxin.people.queries import names_of
from shouxin.people.telling import proof_of, told

TINTS = {State.GIVEN: "ok", State.REFUSED: "muted", State.WITHDRAWN: "bad"}


def language() -> str:
    return get_language() or "zh-hans"


def may_record(actor: Actor, row: Customer) -> bool:
    return (
        actor.may(Permission.CUSTOMERS_CONSENT_RECORD)
        and row.visibility == "open"
        and relation_to(actor, row) not in NOT_WORKED_ON
    )


def card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """On a customer's page: each purpose with what holds."""
    view = shown.of(request, customer)
    actor: Actor | None = getattr(request, "actor", None)
    return None if view is None or actor is None else standing(actor, view.row, clock.now())


def standing(actor: Actor, row: Customer, now: datetime) -> Mapping[str, Any]:
    """Purposes that rest on consent with what holds, those that may be refused, and what goes on whatever is said."""
    active = [one for one in rulebooks["rulebook"].purposes() if one.status is PurposeStatus.ACTIVE]
    given: dict[str, list[Consent]] = {}
    for consent in reading.standing(row.id):
        given.setdefault(consent.purpose, []).append(consent)
    refused = {one.purpose: one for one in reading.refusals(row.id)}
    return {
        "row": row,
        "consents": [
            _agreed(row.id, one, given.get(one.key, []), now) for one in active if one.consent_based
        ],
        "others": [_other(one, refused.get(one.key)) for one in active if not _fixed(one)],
        "going_on": [
            {"name": one.name.in_(language()), "article": cite(one.article, language())}
            for one in active
            if one.basis in rules.GOES_ON
        ],
        "editable": may_record(actor, row),
    }


def _fixed(purpose: PurposeRule) -> bool:
    return purpose.consent_based or purpose.basis in rules.GOES_ON


def _agreed(customer: UUID, purpose: PurposeRule, rows: Sequence[Consent], now: datetime) -> dict[str, Any]:
    """One purpose that rests on consent: the purpose itself, and each separate consent beside it."""
    names = wording.item_names({one.item for one in rows if one.item})
    closed = queries.closed_boxes(customer, purpose.key, now)
    told = [{**(box := _box(one, names, now)), "closed_until": closed.get(box["key"])} for one in rows]
    general = next((one for one in told if one["kind"] == rules.GENERAL), None)
    return {
        "key": purpose.key,
        "name": purpose.name.in_(language()),
        "general": general,
        "separate": [one for one in told if one["kind"] != rules.GENERAL],
        "given": any(one["is_given"] for one in told),
        "closed_until": closed.get(rules.GENERAL),
        "some_closed": bool(closed),
    }


def _box(row: Consent, names: Mapping[str, Text], now: datetime) -> dict[str, Any]:
    over = row.state == State.GIVEN and row.until is not None and row.until <= now
    return {
        "kind": row.kind,
        "key": queries.key_of(row),
        "label": box_name(row.kind, row.item, names),
        "tint": "muted" if over else TINTS[State(row.state)],
        "state": _("已到期") if over else row.get_state_display(),
        "is_given": row.state == State.GIVEN and not over,
        "since": row.since,
        "until": row.until,
        "channel": row.decision.get_channel_display(),
        "decision": row.decision_id,
    }


def _other(purpose: PurposeRule, refusal: Refusal | None) -> dict[str, Any]:
    return {
        "key": purpose.key,
        "name": purpose.name.in_(language()),
        "article": cite(purpose.article, language()),
        "refusal": refusal,
    }


def box_name(kind: str, item: str, names: Mapping[str, Text]) -> str:
    """A separate consent by what it is for; the purpose itself by its own words."""
    name = names[item].in_(language()) if item in names else item
    if kind == rules.GENERAL:
        return _("为此目的处理")
    return (
        _("%(kind)s：%(item)s") % {"kind": Kind(kind).label, "item": name} if name else str(Kind(kind).label)
    )


def story(customer: UUID) -> list[dict[str, Any]]:
    """Every decision of this customer, one line for each time they decided, the newest first."""
    lines: dict[tuple[UUID, str], dict[str, Any]] = {}
    rows = list(queries.decisions(customer)[:200])
    names = wording.item_names({row.item for row in rows if row.item})
    for row in rows:
        line = lines.setdefault(
            (row.entry, row.purpose),
            {
                "row": row,
                "purpose": purpose_name(row.purpose),
                "receipt": receipts.address(row.entry),
                "given": [],
                "refused": [],
                "withdrawn": [],
            },
        )
        line[row.decided].append(box_name(row.kind, row.item, names))
    apart = ", " if language().startswith("en") else "、"
    return [
        {key: apart.join(told) if isinstance(told, list) else told for key, told in line.items()}
        for line in lines.values()
    ]


def entries(actor: Actor, customer: UUID) -> list[dict[str, Any]]:
    """The same from the journal, each with the way to its proof."""
    return told(
        about(merging.family(customer), beginning=("consent.", "purpose.", "informed."), limit=20), actor
    )


def purpose_name(key: str) -> str:
    found = rulebooks["rulebook"].purpose(key)
    return found.name.in_(language()) if found else key


def evidence(actor: Actor, row: Decision) -> Mapping[str, Any]:
    """The page as it was seen, with what was ticked on it, by which door, and who wrote it down."""
    page = pages.again(row.shown)
    same = queries.decisions(row.customer_id).filter(entry=row.entry, purpose=row.purpose)
    given = {(one.kind, one.item): one.decided for one in same.filter(customer=row.customer_id)}
    return {
        "decision": row,
        "purpose_name": purpose_name(row.purpose),
        "text": page.text,
        "language": page.language,
        "boxes": [
            {
                "label": box.label.in_(page.language),
                "state": State(given[box.kind, box.item]).label if (box.kind, box.item) in given else "",
                "given": given.get((box.kind, box.item)) == State.GIVEN,
            }
            for box in page.boxes
        ],
        "version": row.shown.notice_version,
        "operator": names_of([row.operator]).get(row.operator, _("本人")),
        "proof": proof_of(row.entry, actor),
    }


def guardian_choices(actor: Actor, purpose: str, customer: UUID, now: datetime) -> list[tuple[str, str]]:
    """Who is noted as a guardian today, by masked name where the reader may see them."""
    found = guardians_of(customer, now)
    rows = list(registry.visible(actor).filter(id__in=found))
    try:
        views = (
            registry.masked(actor=actor, purpose=purpose, rows=rows, action=Action.VIEW, now=now)
            if rows and purpose
            else []
        )
    except gate.Refused:
        views = []
    told = {view.row.id: cell.text for view in views if (cell := names(view)) and cell.text}
    return [
        (str(one), told.get(one) or _("登记的监护人 %(n)d") % {"n": number})
        for number, one in enumerate(found, 1)
    ]
