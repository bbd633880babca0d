"""Consents of two customers that become one: the latest word of both holds for both, and a withdrawal beats any word.

What a person refused, under whichever of the two entries, they refused. Undoing puts back what stood before, except
where the person spoke again since.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.customers.consents import listeners, rules
from shouxin.customers.consents.models import Consent, Decision, Refusal, State
from shouxin.customers.registry import merging
from shouxin.customers.registry.merging import Merging, Part
from shouxin.journal import services as journal
from shouxin.kit import ids

Place = tuple[str, str, str]  # purpose, kind, item


def join(actor: Actor, both: Merging) -> Mapping[str, Any]:
    """What holds for one holds for both; gives what stood before."""
    family = {both.survivor, both.absorbed, *merging.family(both.absorbed), *merging.family(both.survivor)}
    standing: dict[Place, dict[UUID, Consent]] = {}
    for row in Consent.objects.filter(customer_id__in=family).select_related("decision"):
        standing.setdefault((row.purpose, row.kind, row.item), {})[row.customer_id] = row
    changed = [
        (standing[place].get(one), last, one)
        for place in sorted(standing)
        for last in [rules.last_word(list(standing[place].values()))]
        for one in sorted(family)
        if _differs(standing[place].get(one), last)
    ]
    refused = list(Refusal.objects.filter(customer_id__in=family, lifted_at__isnull=True))
    if not (changed or refused):
        return {}
    entry = journal.append(
        actor=actor,
        event="consent.joined",
        customer=both.survivor,
        data={
            "purposes": sorted({last.purpose for _row, last, _one in changed} | {r.purpose for r in refused}),
            "other": str(both.absorbed),
        },
    )
    for _row, last, _one in changed:
        if last.kind == rules.GENERAL and last.state != State.GIVEN:
            listeners.tell_withdrawn(last.purpose, sorted(family))
    return {
        "boxes": [_carry(actor, row, last, one, entry, both.at) for row, last, one in changed],
        "refused": _refuse(refused, family, entry),
    }


def _differs(row: Consent | None, last: Consent) -> bool:
    return row is None or (row.state, row.fields, row.until) != (last.state, last.fields, last.until)


def _carry(
    actor: Actor, row: Consent | None, last: Consent, customer: UUID, entry: UUID, at: datetime
) -> dict[str, Any]:
    """Write the last word down for `customer` with evidence of its own; gives what undoing needs."""
    said = last.decision
    made = Decision.objects.create(
        customer_id=customer,
        purpose=last.purpose,
        kind=last.kind,
        item=last.item,
        decided=last.state,
        fields=last.fields,
        shown_id=said.shown_id,
        channel=said.channel,
        operator=actor.pseudonym,
        paper=said.paper,
        guardian=said.guardian,
        guardian_proof=said.guardian_proof,
        own_wish=said.own_wish,
        until=last.until,
        entry=entry,
        at=max(at, last.since),
    )
    kept = {"made": str(made.id), "before": _kept(row)}
    if row is None:
        row = Consent(
            id=ids.new(), customer_id=customer, purpose=last.purpose, kind=last.kind, item=last.item
        )
    row.state, row.fields, row.decision = last.state, last.fields, made
    row.since, row.until = last.since, last.until
    row.save()
    return kept


def _kept(row: Consent | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "state": row.state,
        "fields": list(row.fields),
        "decision": str(row.decision_id),
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }


def _refuse(standing: list[Refusal], family: set[UUID], entry: UUID) -> list[str]:
    """A purpose that one refused is refused by all of them; the ids of the rows made."""
    have = {(row.customer_id, row.purpose) for row in standing}
    made = {
        (one, row.purpose): Refusal(
            id=ids.new(), customer_id=one, purpose=row.purpose, kind=row.kind, since=row.since, entry=entry
        )
        for row in standing
        for one in sorted(family)
        if (one, row.purpose) not in have
    }
    for _customer, purpose in made:
        listeners.tell_refused(purpose, sorted(family))
    return [str(row.id) for row in Refusal.objects.bulk_create(made.values())]


def part_again(_actor: Actor, _both: Merging, kept: Mapping[str, Any]) -> None:
    """Each stands as before, where nobody decided again since."""
    Refusal.objects.filter(id__in=kept.get("refused", [])).delete()
    for one in kept.get("boxes", []):
        row = Consent.objects.filter(decision_id=one["made"]).first()
        if row is None:
            continue  # decided again since: the later word stands
        before = one["before"]
        if before is None:
            row.delete()
        else:
            row.state, row.fields, row.decision_id = (
                before["state"],
                before["fields"],
                UUID(before["decision"]),
            )
            row.since = datetime.fromisoformat(before["since"])
            row.until = datetime.fromisoformat(before["until"]) if before["until"] else None
            row.save()
        Decision.objects.filter(id=one["made"]).delete()


merging.register(Part("consents", merge=join, undo=part_again))
