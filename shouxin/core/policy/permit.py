"""The permit: the only thing that opens the vault. It cannot be made by hand, only by `decide`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shouxin.core.policy.refusals import Refusal
from shouxin.core.policy.vocabulary import Action, Actor, FieldRule, Form

_MINT = object()


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to open named fields of named customers once, in the forms stated.

    `forms` holds, per customer, the form of every field that is not ABSENT. `refused` tells for the other
    customers of the question why not. `grants` are the grants that made values clear. `alarms` are the customers
    of whom something of high risk is shown clear: each is told to those who answer for it.
    """

    actor: Actor
    purpose: str
    action: Action
    reason: str
    at: datetime
    fields: Mapping[str, FieldRule]
    forms: Mapping[UUID, Mapping[str, Form]]
    refused: Mapping[UUID, Refusal] = field(default_factory=dict)
    grants: tuple[UUID, ...] = ()
    emergency: bool = False  # values are clear by emergency access (应急访问); the journal marks it
    alarms: tuple[UUID, ...] = ()
    mint: object = None

    def __post_init__(self) -> None:
        if self.mint is not _MINT:
            raise TypeError("a Permit is made by core.policy.decide alone")

    @property
    def customers(self) -> tuple[UUID, ...]:
        """The customers this permit opens, in the order asked."""
        return tuple(self.forms)

    def form(self, customer: UUID, key: str) -> Form:
        """How the field `key` of `customer` may be shown; ABSENT for whatever was not permitted."""
        forms = self.forms.get(customer)
        return forms.get(key, Form.ABSENT) if forms else Form.ABSENT

    def groups(self, customer: UUID) -> frozenset[str]:
        """The storage groups that have to be opened for `customer`."""
        return frozenset(self.fields[key].storage_group for key in self.forms.get(customer, {}))


def mint(
    *,
    actor: Actor,
    purpose: str,
    action: Action,
    reason: str,
    at: datetime,
    fields: Mapping[str, FieldRule],
    forms: Mapping[UUID, Mapping[str, Form]],
    refused: Mapping[UUID, Refusal],
    grants: tuple[UUID, ...],
    alarms: tuple[UUID, ...],
    emergency: bool = False,
) -> Permit:
    """Make a permit. Called by `decide` alone, and by `again` for what `decide` has said."""
    return Permit(
        actor, purpose, action, reason, at, fields, forms, refused, grants, emergency, alarms, _MINT
    )
