"""What the register answers below: the gate's fact "customer", and which departments hold customers."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from shouxin.core.policy import Actor, ActorKind, Relation, Role, Sight
from shouxin.core.text import Text
from shouxin.customers.registry.models import Customer, Visibility
from shouxin.gate.facts import CustomerFact, Known, customer_facts
from shouxin.people.models import Department
from shouxin.people.scope import holders

# A customer that was merged into another is whose the other is; a restriction of either holds for both.
# The other is looked up for those alone that have one. What makes no difference to anybody is left out, so that the
# same is known of most customers (`gate.again`).
_PARTS = """json_build_array({c}.owner_department_id, {c}.responsible_id, {c}.scope, {c}.visibility,
                             CASE WHEN {c}.visibility = 'unconfirmed' THEN {c}.created_by END, o.jurisdiction,
                             o.also_under, o.restricted OR {c}.restricted, {c}.id = %(actor)s::uuid)"""
SQL = f"""
    SELECT CASE WHEN o.absorbed_by IS NULL THEN {_PARTS.format(c="o")}
           ELSE (SELECT {_PARTS.format(c="c")} FROM customers_customer c WHERE c.id = o.absorbed_by) END
    FROM customers_customer o WHERE o.id = q.customer_id
"""  # noqa: S608 - our own columns


def read(value: list[Any], actor: Actor) -> Known:
    department, responsible, scope, visibility, creator, jurisdiction, others, restricted, themselves = value
    if actor.kind is ActorKind.CUSTOMER:
        relation = Relation.OWN if themselves else Relation.NONE
    elif actor.kind is ActorKind.SERVICE:
        relation = Relation.NONE  # it shows nothing to anybody, and so is nobody's colleague
    elif visibility == "unconfirmed":
        relation = _before_confirmation(actor, UUID(department), responsible, creator)
    else:
        relation = relation_of(actor, department=UUID(department), responsible=responsible, scope=scope)
    return {
        "exists": True,
        "relation": relation,
        "quarantined": visibility == "quarantined",
        "restricted": restricted,
        "jurisdiction": jurisdiction,
        "also_under": tuple(others),
    }


def relation_of(actor: Actor, *, department: UUID, responsible: str | None, scope: str) -> Relation:
    """Own: responsible for it, or nobody in particular is and it belongs to the actor's department."""
    if responsible == str(actor.id):
        return Relation.OWN
    if actor.sight is Sight.OWN:
        return Relation.NONE
    colleague = actor.kind is ActorKind.STAFF and Role.HEAD not in actor.roles
    kept_apart = scope == "own" and colleague and responsible
    if department in actor.department_ids and not kept_apart:
        return Relation.DEPARTMENT if responsible else Relation.OWN
    if scope == "organisation":
        return Relation.ORGANISATION
    return Relation.OVERSEEN if actor.sight is Sight.ALL else Relation.NONE


def relation_to(actor: Actor, row: Customer) -> Relation:
    """How a customer that `actor` sees stands to them, for the verbs a page offers."""
    responsible = str(row.responsible_id) if row.responsible_id else None
    return relation_of(actor, department=row.owner_department_id, responsible=responsible, scope=row.scope)


def exists_for(actor: Actor, row: Customer) -> bool:
    """Whether a customer that was not merged exists for `actor`: the rule of `queries.visible`, of one row."""
    if row.visibility == Visibility.UNCONFIRMED:
        responsible, creator = str(row.responsible_id), str(row.created_by)
        return _before_confirmation(actor, row.owner_department_id, responsible, creator) is not Relation.NONE
    return row.visibility == Visibility.OPEN and relation_to(actor, row) is not Relation.NONE


def _before_confirmation(
    actor: Actor, department: UUID, responsible: str | None, creator: str | None
) -> Relation:
    """Importer and owner alone: they may mend what they see masked; no grant reaches beyond one's own customers."""
    heads = Role.HEAD in actor.roles and actor.sight is not Sight.OWN and department in actor.department_ids
    owner = responsible == str(actor.id) or heads
    return Relation.DEPARTMENT if owner or creator == str(actor.id) else Relation.NONE


customer_facts.register(
    "customer",
    CustomerFact(
        name="customer",
        meaning=Text(
            "客户是否存在、归口部门、负责人与可见范围",
            "Existence, owner department, responsible person, scope",
        ),
        sql=SQL,
        read=read,
    ),
)


def owning(departments: Collection[UUID]) -> list[UUID]:
    """Those of `departments` that own at least one customer; asked one by one, so that millions cost no more."""
    customers = Customer.objects.filter(owner_department_id=OuterRef("id"))
    return list(
        Department.objects.filter(Exists(customers), id__in=list(departments)).values_list("id", flat=True)
    )


holders.register("customers", owning)
