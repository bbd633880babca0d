"""A customer's own row and the footing of its clear values, told to the gate beside the values that it opens.

A program's read of one customer would be three statements more without it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shouxin.core.policy import Storage
from shouxin.customers.registry import queries
from shouxin.customers.registry.clear import Origin, newest
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import beside
from shouxin.gate.facts import rules as rulebooks

NAME = "customer"
ROW = """
SELECT jsonb_build_array(c.kind, c.revision, c.absorbed_by, c.public_values, NULL)
FROM customers_customer c WHERE c.id = %(customer)s::uuid
"""
WITH_FOOTING = """
SELECT jsonb_build_array(c.kind, c.revision, c.absorbed_by, c.public_values, CASE WHEN c.public_values <> '{}' THEN (
    SELECT jsonb_agg(jsonb_build_array(v.provenance, v."values") ORDER BY v.revision DESC, v.id DESC)
    FROM customers_clear_version v WHERE v.customer_id = c.id) END)
FROM customers_customer c WHERE c.id = %(customer)s::uuid
"""


def read(
    customer: UUID, told: Mapping[str, Any]
) -> tuple[dict[UUID, Customer], dict[UUID, dict[str, Origin]]]:
    """The row (what is not told of it is asked for when somebody wants it) and the footing of its clear values."""
    row = told[NAME]
    if row is None:
        return {}, {}
    kind, revision, absorbed, public, versions = row
    footing = newest((UUID(provenance), written) for provenance, written in versions or ())
    return {customer: queries.told(customer, kind, revision, UUID(absorbed) if absorbed else None, public)}, {
        customer: footing
    }


def tell(fields: Sequence[str]) -> str:
    """The footing of clear values only where one of the fields stands in clear."""
    known = rulebooks["rulebook"].fields()
    clear = any(known[key].storage is Storage.CLEAR for key in fields if key in known)
    return WITH_FOOTING if clear else ROW


beside.register(NAME, tell)
