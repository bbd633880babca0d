"""Correcting and supplementing at one's own door: at once where nobody verified the value, else through staff."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, PurposeRule
from shouxin.customers.registry import grounds, rules
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method
from shouxin.customers.registry.rules import CellProblem, Kept
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.portal.correcting import queries
from shouxin.portal.correcting.errors import CorrectionProblem
from shouxin.portal.held.queries import PURPOSE
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.keeping import Words, words_of
from shouxin.rights.cases.models import Case, Kind, State
from shouxin.rights.cases.models import Channel as Door
from shouxin.rights.cases.services import Asked


def checked(
    key: str, text: str, purpose: PurposeRule, now: datetime
) -> tuple[Kept | None, list[CellProblem]]:
    """The value by the catalogue's own format, as staff's are checked, and what is wrong with it."""
    found = rules.check_record(
        {key: text},
        record="profile",
        subject="person",
        rules=rulebooks["rulebook"].fields(),
        purpose=purpose,
        today=clock.today(now),
        partial=True,
    )
    return found.values.get(key), found.problems


def correct(*, me: Actor, key: str, text: str, now: datetime) -> Case | None:
    """Write what is right about oneself. None: it stands from now on; a case: staff look at it first, because the
    value that stands there was verified.

    Raises:
        CorrectionProblem: no second code, not a field of theirs, not well formed, the same, or waiting already.
    """
    purpose = rulebooks["rulebook"].purpose(PURPOSE)
    if not queries.is_proved(me, now):
        raise CorrectionProblem("proof.missing")
    standing = queries.one(me, key, now)
    if purpose is None or standing is None:
        raise CorrectionProblem("field.unknown")
    kept, problems = checked(key, text, purpose, now)
    if kept is None or problems:
        raise CorrectionProblem("value.wrong")
    if kept.text == standing.text:
        raise CorrectionProblem("value.same")
    if standing.case is not None:
        raise CorrectionProblem("value.waiting")
    if standing.verified:
        return _asked(me, key, kept.text, now)
    _write(me, key, kept, standing.kept_for, now)
    return None


def _asked(me: Actor, key: str, text: str, now: datetime) -> Case:
    rule = rulebooks["rulebook"].fields()[key]
    words = Words(f"请更正：{rule.name.zh}。", changes={key: text})
    asked = Asked(Kind.CORRECT, Door.PORTAL, words, me.id, fields=(key,))
    return cases.file(actor=me, asked=asked, now=now).case


def _write(me: Actor, key: str, kept: Kept, kept_for: str, now: datetime) -> None:
    try:
        gate.admit(
            actor=me, purpose=PURPOSE, customers=[me.id], fields=[key], now=now
        )  # a refusal's entry stays
        with transaction.atomic():
            row = Customer.objects.select_for_update(of=("self",)).get(id=me.id)
            registry.edit(
                actor=me,
                footing=Footing(PURPOSE, Channel.FEEDBACK, Method.HAND, kept_for=kept_for),
                customer=me.id,
                revision=row.revision,
                values={key: kept},
                now=now,
            )
            journal.append(
                actor=me,
                event="portal.corrected",
                customer=me.id,
                purpose=PURPOSE,
                data={"fields": [key]},
            )
    except gate.Refused as problem:
        code = "value.locked" if problem.refusal.code == "state.locked" else "field.unknown"
        raise CorrectionProblem(code) from None


def take_over(*, actor: Actor, case: UUID, purpose: str, now: datetime) -> Case:
    """Staff found it right: what the person asked for is written as they wrote it, for `purpose`.

    Raises:
        CaseProblem: not this person's case, or who asks is not established.
        CorrectionProblem: it names no value, or the value or the purpose will not do.
        Refused: not for this actor, purpose or customer (journalled).
    """
    rule, found = rulebooks["rulebook"].purpose(purpose), Case.objects.filter(id=case).first()
    if found is None or found.customer_id is None:
        raise CorrectionProblem("case.none")
    wanted = words_of(found).changes
    if not wanted:
        raise CorrectionProblem("case.none")
    if rule is None or not set(wanted) <= set(rule.fields):
        raise CorrectionProblem("purpose.missing")
    footing = Footing(purpose, Channel.FEEDBACK, Method.HAND)
    values: dict[str, Kept | None] = {}
    for key, text in wanted.items():
        kept, problems = checked(key, text, rule, now)
        if kept is None or problems:
            raise CorrectionProblem("value.wrong")
        values[key] = kept
    grounds.may_edit(actor)
    grounds.admit(actor, footing, [found.customer_id], sorted(values), now)
    with transaction.atomic():
        row = cases.handled(actor, case, State.HANDLING)
        standing = Customer.objects.select_for_update(of=("self",)).get(id=found.customer_id)
        registry.edit(
            actor=actor,
            footing=footing,
            customer=standing.id,
            revision=standing.revision,
            values=values,
            now=now,
        )
    return row
