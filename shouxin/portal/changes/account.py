"""Putting everything held about oneself out of use, and taking it into use again: the person's own word, at once."""

from datetime import datetime

from django.db import IntegrityError, transaction

from shouxin.core.policy import Actor, PurposeRule, PurposeStatus
from shouxin.core.policy.decision import is_fresh
from shouxin.customers.consents.rules import GOES_ON
from shouxin.customers.registry import merging, restricting
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.portal.changes.errors import ChangeProblem
from shouxin.portal.changes.models import Freeze
from shouxin.portal.changes.services import KEEPER, W, What
from shouxin.portal.held.queries import PURPOSE
from shouxin.rights.cases.models import OPEN, Case
from shouxin.rights.cases.models import Kind as CaseKind

REASON = "own_freeze"


def standing(me: Actor) -> Freeze | None:
    """The freeze that holds now."""
    found = Freeze.objects.filter(customer_id__in=merging.family(me.id), what=What.ACCOUNT, settled_at=None)
    return found.first()


def goes_on() -> list[PurposeRule]:
    """What the law demands goes on all the same, with its article: nothing is deleted, and duties are met."""
    return [
        rule
        for rule in rulebooks["rulebook"].purposes()
        if rule.status is PurposeStatus.ACTIVE and rule.basis in GOES_ON and rule.roles
    ]


def freeze(*, me: Actor, now: datetime) -> Freeze:
    """Nobody reads, changes or uses what is held about `me` until they say otherwise.

    Raises:
        ChangeProblem: it is so already.
    """
    try:
        with transaction.atomic():
            row = Freeze(id=ids.new(), customer_id=me.id, what=What.ACCOUNT, way=W.PORTAL, at=now)
            row.customers = restricting.restrict(
                actor=KEEPER, customers=sorted(merging.family(me.id)), reason=REASON, now=now
            )
            row.save(force_insert=True)
            journal.append(
                actor=me,
                event="portal.account_frozen",
                customer=me.id,
                purpose=PURPOSE,
                data={"freeze": str(row.id)},
            )
    except IntegrityError:
        raise ChangeProblem("account.frozen") from None
    return row


def release(*, me: Actor, now: datetime) -> None:
    """Take it into use again; asked for with a second code, so that a found telephone does not do it.

    Raises:
        ChangeProblem: not frozen, no fresh second code, or a deletion is being carried out.
    """
    if not is_fresh(me.second_factor_at, now):
        raise ChangeProblem("proof.missing")
    family = merging.family(me.id)
    with transaction.atomic():
        row = (
            Freeze.objects.select_for_update()
            .filter(customer_id__in=family, what=What.ACCOUNT, settled_at=None)
            .first()
        )
        if row is None:
            raise ChangeProblem("account.open")
        deleting = [CaseKind.DELETE, CaseKind.CANCEL]
        if Case.objects.filter(customer_id__in=family, kind__in=deleting, state__in=OPEN).exists():
            raise ChangeProblem("account.deleting")
        row.settled_at = now
        row.save(update_fields=["settled_at"])
        restricting.restrict(actor=KEEPER, customers=row.customers, reason=REASON, now=now, restricted=False)
        journal.append(
            actor=me,
            event="portal.account_released",
            customer=me.id,
            purpose=PURPOSE,
            data={"freeze": str(row.id)},
        )
