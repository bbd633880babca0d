"""Leave to write: nothing is stored without purpose, basis, notice version, source and retention rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import msgspec

from shouxin.core.policy import Action, FieldRule, Form, Permit, Storage
from shouxin.vault.errors import NotPermitted, UnknownProvenance
from shouxin.vault.payload import Entered, Value

SEALED = frozenset({Storage.SEALED, Storage.INDEXED})


@dataclass(frozen=True, slots=True)
class Provenance:
    """Why and whence a value is kept; its row is the registry's, every value carries its id.

    Raises:
        ValueError: one of the parts is empty.
    """

    id: UUID
    purpose: str
    basis: str
    notice_version: UUID
    source: str
    retention_rule: str

    def __post_init__(self) -> None:
        missing = [
            name
            for name in ("id", "purpose", "basis", "notice_version", "source", "retention_rule")
            if not getattr(self, name)
        ]
        if missing:
            raise ValueError(f"a provenance lacks {', '.join(missing)}")


class SealedWrite(msgspec.Struct, frozen=True, gc=False):
    """New values for one record's fields of one storage group; None takes a field away.

    For a customer's profile `record_id` is the customer's id. `expected_revision` is what the writer had read
    (0: there must be no such record yet); None writes over whatever stands. With a `provenance` all values are of it,
    whatever they say themselves.
    """

    customer_id: UUID
    group: str
    record_id: UUID
    values: Mapping[str, Entered | None]
    expected_revision: int | None = None
    provenance: UUID | None = None

    def told(self) -> dict[str, Value | None]:
        """The values, each with its provenance."""
        origin = self.provenance
        if origin is None:
            return dict(cast("Mapping[str, Value | None]", self.values))
        return {
            key: Value(one.text, origin, one.mark, one.problem) if one is not None else None
            for key, one in self.values.items()
        }


@dataclass(frozen=True, slots=True)
class WriteTicket:
    """A permit to write and the provenances of what is written.

    `created` names the customers that this very act brings into being; the permit cannot know them yet. Of those
    in `fresh`, whose ids were made for this act, nothing at all can be stored; were it otherwise, the database would
    refuse the keys of their groups.
    """

    permit: Permit
    provenances: tuple[Provenance, ...]
    created: frozenset[UUID] = frozenset()
    fresh: frozenset[UUID] = frozenset()
    _known: frozenset[UUID] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        if self.permit.action not in {Action.WRITE, Action.MAINTAIN}:
            raise NotPermitted(f"a permit to {self.permit.action} does not write")
        if not self.fresh <= self.created:
            raise NotPermitted("a customer cannot be fresh and not created here")
        # Maintenance moves values as they are kept: each stays on the footing it came with.
        carried = self.permit.action is Action.MAINTAIN
        if not carried and any(p.purpose != self.permit.purpose for p in self.provenances):
            raise NotPermitted("a provenance is of another purpose than the permit")
        object.__setattr__(self, "_known", frozenset(p.id for p in self.provenances))

    def check(self, writes: Iterable[SealedWrite]) -> None:
        """Make sure that this ticket covers every value of `writes`.

        Raises:
            NotPermitted: a field or customer outside the permit, not to be sealed, or of another storage group.
            UnknownProvenance: a value without one of this ticket's provenances.
        """
        shapes: set[tuple[str, ...]] = set()  # a new customer's write is covered or not by its fields alone
        known: UUID | None = None
        last: UUID | None = None
        created = False
        for write in writes:
            shape = (write.group, *write.values)
            if write.customer_id is not last:  # they come customer by customer
                last, created = write.customer_id, write.customer_id in self.created
            if not created:
                self._check_fields(write, created=False)
            elif shape not in shapes:
                self._check_fields(write, created=True)
                shapes.add(shape)
            if write.provenance is None:
                for value in write.told().values():
                    if value is not None:
                        self._check_provenance(value.provenance, write.group)
            elif write.provenance is not known:
                self._check_provenance(write.provenance, write.group)
                known = write.provenance

    def _check_provenance(self, provenance: UUID, group: str) -> None:
        if provenance not in self._known:
            raise UnknownProvenance(f"a value of {group} names a provenance that the ticket does not carry")

    def _check_fields(self, write: SealedWrite, *, created: bool) -> None:
        for key in write.values:
            rule = self.permit.fields.get(key)
            if rule is None or not (created or self.permit.form(write.customer_id, key) is Form.CLEAR):
                raise NotPermitted(f"the permit does not write {key}")
            check_place(rule, write.group)


def check_place(rule: FieldRule, group: str) -> None:
    """Make sure that a field is sealed at all and belongs to `group`."""
    if rule.storage not in SEALED:
        raise NotPermitted(f"{rule.key} is not a sealed field")
    if rule.storage_group != group:
        raise NotPermitted(f"{rule.key} belongs to group {rule.storage_group}, not {group}")
    if not rule.retention_rule:
        raise NotPermitted(f"{rule.key} has no retention rule")
