"""Who of a batch agrees, at this moment, that a company gets what a purpose has of them, or that it is published.

Whoever hands something to a company of the register asks here right before it does, for every batch; what the values
are is asked of the gate.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import PurposeRule, PurposeStatus
from shouxin.core.text import Text
from shouxin.customers.consents import pages, rules
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Consent, Refusal, Shown, State
from shouxin.customers.registry import merging
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.statements import execute

GIVEN = State.GIVEN.value
# Why somebody of a batch is left out, by code; who was never asked about the company said nothing of it.
LEFT_OUT: Mapping[str, Text] = {
    "purpose": Text(
        "不同意、已撤回或拒绝了目的本身", "Does not agree to the purpose itself, or no longer, or refused it"
    ),
    "unasked": Text("没有征求过此项单独同意", "Was never asked for this separate consent"),
    "refused": Text("不同意此项", "Said no to this"),
    "withdrawn": Text("已撤回此项同意", "Took this consent back"),
    "expired": Text("此项同意已到期", "This consent has run out"),
    "restricted": Text("要求限制处理", "Wants the processing restricted"),
    "fields": Text("没有同意提供其中任何一项信息", "Agreed to none of the information being given"),
}


@dataclass(frozen=True, slots=True)
class Leaving:
    """`fields` says of whom which fields may go, and names nobody else; `left_out` counts the others by reason."""

    fields: Mapping[UUID, frozenset[str]]
    left_out: Mapping[str, int]


def to_company(*, purpose: str, recipient: UUID, customers: Sequence[UUID], now: datetime) -> Leaving:
    """Of whom the company may be given what, under a purpose that names it.

    Where the purpose rests on consent, another handler (PIPL 23) or anybody abroad (PIPL 39) gets nothing of anybody
    without their live separate consent, and never more than their page said and they agreed to. Where it rests on
    something else, no consent is needed (PIPL 13(2)), nor for who is entrusted at home (PIPL 21): it gets what the
    purpose has for it.

    Raises:
        ConsentProblem: no such purpose in use, or it does not name the company.
    """
    rule = rulebooks["rulebook"].purpose(purpose)
    if rule is None or rule.status is not PurposeStatus.ACTIVE:
        raise ConsentProblem("purpose.unknown")
    company = next((one for one in pages.companies(rule) if one.key == str(recipient)), None)
    if company is None:
        raise ConsentProblem("recipient.not-named")
    given = frozenset(company.fields)
    if not rule.consent_based:
        return _unrestricted(_unrefused(purpose, given, customers))
    box = (rules.box_kind(company), company.key)
    return _unrestricted(_agreed(purpose, box, given, customers, now))


def _unrefused(purpose: str, given: frozenset[str], customers: Sequence[UUID]) -> Leaving:
    refused = set(
        Refusal.objects.filter(
            customer_id__in=customers, purpose=purpose, lifted_at__isnull=True
        ).values_list("customer_id", flat=True)
    )
    kept = [one for one in customers if one not in refused]
    return Leaving(dict.fromkeys(kept, given), {"purpose": len(refused)} if refused else {})


def to_everybody(*, purpose: str, customers: Sequence[UUID], now: datetime) -> Leaving:
    """Of whom something may be published for the purpose now: by their live separate consent alone (PIPL 25), and
    nothing that needs a consent of its own.

    Raises:
        ConsentProblem: no such purpose in use, or it publishes nothing.
    """
    boxes = pages.boxes_of(purpose)
    if not any(box.kind == rules.PUBLICATION for box in boxes):
        raise ConsentProblem("purpose.publishes-nothing")
    ordinary = frozenset(boxes[0].fields)
    return _unrestricted(_agreed(purpose, (rules.PUBLICATION, ""), ordinary, customers, now))


def _unrestricted(found: Leaving) -> Leaving:
    """Without those who want their processing restricted, of whom nothing leaves whatever they agreed to."""
    families = merging.families(list(found.fields))
    everybody = {one for family in families.values() for one in family}
    closed = set(Customer.objects.filter(id__in=everybody, restricted=True).values_list("id", flat=True))
    kept = {one: fields for one, fields in found.fields.items() if not closed & set(families[one])}
    if count := len(found.fields) - len(kept):
        return Leaving(kept, dict(sorted({**found.left_out, "restricted": count}.items())))
    return found


def standing(*, recipient: UUID, now: datetime) -> Mapping[str, Mapping[str, int]]:
    """Of each purpose that asks people about the company now: how many agree, and why the others it asked do not."""
    asking = [
        rule for rule in rulebooks["rulebook"].purposes() if rule.consent_based and _names(rule, recipient)
    ]
    rows = Consent.objects.filter(
        purpose__in=[rule.key for rule in asking],
        kind__in=[rules.PROVISION, rules.ABROAD],
        item=str(recipient),
        customer__absorbed_by__isnull=True,
    ).values_list("purpose", "state", "until")
    found = {rule.key: Counter[str]() for rule in asking}
    for purpose, state, until in rows:
        over = state == State.GIVEN and until is not None and until <= now
        found[purpose]["expired" if over else state] += 1
    return found


def _names(rule: PurposeRule, recipient: UUID) -> bool:
    if rule.status is not PurposeStatus.ACTIVE:
        return False
    return any(one.key == str(recipient) and rules.box_kind(one) for one in pages.companies(rule))


@dataclass(frozen=True, slots=True)
class _Said:
    """What one person says of a box (`kind` "": nothing is asked), and which fields they agree to for the purpose."""

    customer: UUID
    state: str | None
    until: datetime | None
    shown: str | None
    agreed: frozenset[str]


def _agreed(
    purpose: str, box: tuple[str, str], given: frozenset[str], customers: Sequence[UUID], now: datetime
) -> Leaving:
    said = _said(purpose, box, customers, now)
    company = box[0] in {rules.PROVISION, rules.ABROAD}
    named = _named(box, {one.shown for one in said if one.shown}) if company else {}
    fields: dict[UUID, frozenset[str]] = {}
    reasons: Counter[str] = Counter()
    for one in said:
        may = one.agreed & given & (named.get(one.shown or "", frozenset()) if company else given)
        if reason := _why_not(one, asked=bool(box[0]), any_field=bool(may), now=now):
            reasons[reason] += 1
        else:
            fields[one.customer] = may
    return Leaving(fields, dict(sorted(reasons.items())))


def _why_not(one: _Said, *, asked: bool, any_field: bool, now: datetime) -> str:
    if not one.agreed:
        return "purpose"
    if asked and one.state is None:
        return "unasked"
    if asked and one.state != State.GIVEN:
        return str(one.state)
    if asked and one.until is not None and one.until <= now:
        return "expired"
    return "" if any_field else "fields"


def _said(purpose: str, box: tuple[str, str], customers: Sequence[UUID], now: datetime) -> list[_Said]:
    """What holds for everybody of the batch, in one statement."""
    rows = execute(
        """
        SELECT q.customer_id, n.state, n.until, d.shown_id, ARRAY(
            SELECT DISTINCT f FROM customers_consent o CROSS JOIN unnest(o.fields) f
            WHERE o.customer_id = q.customer_id AND o.purpose = %(purpose)s AND o.state = 'given'
              AND (o.until IS NULL OR o.until > %(now)s) AND EXISTS (
                SELECT FROM customers_consent g WHERE g.customer_id = o.customer_id AND g.purpose = o.purpose
                AND g.kind = 'general' AND g.state = 'given' AND (g.until IS NULL OR g.until > %(now)s)))
        FROM unnest(%(customers)s::uuid[]) AS q(customer_id)
        LEFT JOIN customers_consent n ON n.customer_id = q.customer_id AND n.purpose = %(purpose)s
            AND n.kind = %(kind)s AND n.item = %(item)s
        LEFT JOIN customers_consent_decision d ON d.id = n.decision_id
        """,
        {"purpose": purpose, "kind": box[0], "item": box[1], "now": now, "customers": [*customers]},
    )
    return [
        _Said(customer, state, until, shown, frozenset(agreed))
        for customer, state, until, shown, agreed in rows
    ]


def _named(box: tuple[str, str], shown: Iterable[str]) -> dict[str, frozenset[str]]:
    """By page, which fields it said that its box is about."""
    found = {}
    for row in Shown.objects.filter(sha256__in=list(shown)):
        for one in json.loads(row.content)["boxes"]:
            if (one["kind"], one["item"]) == box:
                found[row.sha256] = frozenset(one["fields"])
    return found
