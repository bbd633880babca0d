"""What a person agrees to and refuses, as nearly every page and every decision about it begins: by statements prepared
once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shouxin.customers.consents.models import Consent, Decision, Refusal, State
from shouxin.customers.registry.models import Customer
from shouxin.kit.instances import Columns, apart
from shouxin.kit.statements import execute

_CONSENT = Columns(Consent, "c")
_DECISION = Columns(Decision, "d")
_REFUSAL = Columns(Refusal, "r")
_CONSENTS = f"""
SELECT {_CONSENT.text}, {_DECISION.text} FROM customers_consent c
JOIN customers_consent_decision d ON d.id = c.decision_id
"""  # noqa: S608 - columns of models
_STANDING = _CONSENTS + "WHERE c.customer_id = %b::uuid ORDER BY c.purpose, c.kind, c.item"
_GIVEN = f"""{_CONSENTS}
WHERE c.customer_id = ANY(%b::uuid[]) AND c.purpose = %b AND c.state = %b ORDER BY c.customer_id, c.kind, c.item
"""
_REFUSALS = f"SELECT {_REFUSAL.text} FROM customers_refused_purpose r WHERE r.lifted_at IS NULL "  # noqa: S608
_REFUSED = _REFUSALS + "AND r.customer_id = %b::uuid ORDER BY r.purpose"
_REFUSING = _REFUSALS + "AND r.customer_id = ANY(%b::uuid[]) AND r.purpose = %b"
_HOLD = "SELECT id FROM customers_customer WHERE id = ANY(%b::uuid[]) ORDER BY id FOR UPDATE"


def standing(customer: UUID) -> list[Consent]:
    """What holds for a customer, purpose by purpose, each with the decision it rests on."""
    return [_made(cells) for cells in execute(_STANDING, (customer,))]


def given(customers: Sequence[UUID], purpose: str) -> list[Consent]:
    """What these agreed to and did not take back, each with its decision; whether it has run out is not asked."""
    asked = (list(customers), purpose, State.GIVEN.value)
    return [_made(cells) for cells in execute(_GIVEN, asked)]


def refusals(customer: UUID) -> list[Refusal]:
    """The purposes the person refuses now."""
    return [_REFUSAL.made(cells) for cells in execute(_REFUSED, (customer,))]


def refusing(customers: Sequence[UUID], purpose: str) -> dict[UUID, Refusal]:
    """Who of these refuses the purpose now."""
    found = [_REFUSAL.made(cells) for cells in execute(_REFUSING, (list(customers), purpose))]
    return {row.customer_id: row for row in found}


def hold(customers: Sequence[UUID]) -> None:
    """Of two decisions about these people at once, the second sees the first.

    Raises:
        Customer.DoesNotExist: there is none of that id.
    """
    if len(execute(_HOLD, (list(customers),))) != len(set(customers)):
        raise Customer.DoesNotExist


def _made(cells: Sequence[Any]) -> Consent:
    row: Consent
    row, row.decision = apart(cells, _CONSENT, _DECISION)
    return row
