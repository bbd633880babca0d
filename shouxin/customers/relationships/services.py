"""Noting and ending relationships, on both customers at once."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from shouxin.core.policy import Actor, Permission
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Record, RecordKind
from shouxin.customers.relationships import queries, rules
from shouxin.customers.relationships.models import HIERARCHIES, Kind, Relationship, Side
from shouxin.gate import services as gate
from shouxin.gate.limits import ZONE
from shouxin.journal import services as journal
from shouxin.kit import ids

_HIERARCHY_LOCK = 7_340_115  # one number for everybody who changes who stands over whom


class RelationProblem(Exception):
    """The relationship cannot be noted or ended; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def relate(
    *,
    actor: Actor,
    purpose: str,
    customer: UUID,
    other: UUID,
    kind: Kind,
    side: Side,
    since: date,
    contract: UUID | None = None,
    now: datetime,
) -> Relationship:
    """Note how `customer`, who stands on `side`, and `other` stand to each other; gives the customer's half.

    Raises:
        RelationProblem: not both to be seen, not fitting, known already, or a circle.
        Refused: the customer is not the actor's to work on (journalled).
    """
    actor.require(Permission.CUSTOMERS_RELATIONSHIP_WRITE)
    gate.admit(actor=actor, purpose=purpose, customers=[customer], fields=[], now=now)
    both = {row.id: row for row in registry.visible(actor).filter(id__in=[customer, other])}
    if customer == other or len(both) != len({customer, other}):
        raise RelationProblem("other.unknown")
    if not rules.fits(kind, side, both[customer].kind, both[other].kind):
        raise RelationProblem("kind.unfitting")
    if since > now.astimezone(ZONE).date():
        raise RelationProblem("since.future")
    _check_contract(customer, kind, side, contract)
    try:
        with transaction.atomic():
            _check_circle(customer, other, kind, side)
            pair = ids.new()
            shared = {"pair": pair, "kind": kind, "since": since, "made_at": now, "made_by": actor.pseudonym}
            mine, theirs = Relationship.objects.bulk_create(
                [
                    Relationship(customer_id=customer, other=other, side=side, contract=contract, **shared),
                    Relationship(customer_id=other, other=customer, side=rules.opposite(side), **shared),
                ]
            )
            _record(actor, "relation.made", purpose, mine, theirs)
    except IntegrityError:
        raise RelationProblem("relation.known") from None
    return mine


def end(*, actor: Actor, purpose: str, customer: UUID, relationship: UUID, now: datetime) -> None:
    """The relationship holds no longer, from today on; both halves stay as history."""
    actor.require(Permission.CUSTOMERS_RELATIONSHIP_WRITE)
    gate.admit(actor=actor, purpose=purpose, customers=[customer], fields=[], now=now)
    with transaction.atomic():
        found = queries.find(actor, customer, relationship)
        if found is None:
            raise RelationProblem("relation.unknown")
        halves = list(
            Relationship.objects.select_for_update()
            .filter(pair=found.pair, until__isnull=True)
            .order_by("id")
        )
        if not halves:
            raise RelationProblem("relation.unknown")
        until = max(now.astimezone(ZONE).date(), found.since)
        Relationship.objects.filter(id__in=[half.id for half in halves]).update(until=until)
        _record(actor, "relation.ended", purpose, *halves)


def _check_contract(customer: UUID, kind: Kind, side: Side, contract: UUID | None) -> None:
    if contract is None:
        return
    theirs = Record.objects.filter(id=contract, customer_id=customer, kind=RecordKind.CONTRACT)
    if kind is not Kind.GUARANTOR or side is not Side.SECOND or not theirs.exists():
        raise RelationProblem("contract.unfitting")


def _check_circle(customer: UUID, other: UUID, kind: Kind, side: Side) -> None:
    """Under a lock, so that of two people who each close half a circle the second is told."""
    if kind not in HIERARCHIES:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_HIERARCHY_LOCK])
    edges = Relationship.objects.filter(kind=kind, side=Side.FIRST, until__isnull=True)
    above, below = (customer, other) if side is Side.FIRST else (other, customer)
    if rules.circular(edges.values_list("customer_id", "other"), above, below):
        raise RelationProblem("relation.circle")


def _record(actor: Actor, event: str, purpose: str, *halves: Relationship) -> None:
    journal.append_many(
        actor=actor,
        event=event,
        rows=[
            (half.customer_id, {"pair": str(half.pair), "relation": f"{half.kind}.{half.side}"})
            for half in halves
        ],
        purpose=purpose,
    )
