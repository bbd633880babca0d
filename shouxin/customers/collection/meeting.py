"""Whom a filled form speaks of: a customer that is in the register already, by its number or as chosen, or a new one.

The rules are those of imports: recognised by the customer number alone, never by name; what stands is filled up,
replaced or left as the form says. Reading what stands happens in the process and leaves it nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import FieldRule
from shouxin.core.text import Text
from shouxin.customers.collection_forms.rules import CONTACT, PROFILE, Content, Judged
from shouxin.customers.intake.assembling import IDENTIFYING, REASONS
from shouxin.customers.intake.holding import IMPORTER, MAINTENANCE, NUMBERED
from shouxin.customers.intake.mapping import CUSTOMER_KEY
from shouxin.customers.intake.models import Existing
from shouxin.customers.registry import merging
from shouxin.customers.registry.entries import RecordEntry
from shouxin.customers.registry.exchange import TAKEN
from shouxin.customers.registry.models import Customer, Record, RecordKind
from shouxin.customers.registry.rules import CellProblem, Kept
from shouxin.gate import services as gate
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault

OTHER_PERSON = Text(
    "这个客户编号登记的是另一位客户（姓名、证件号或统一社会信用代码不同），请核对编号。",
    "This customer number belongs to somebody else (another name or identity number): check the number.",
)
CONTACT_NAME = "contact_name"


class Unmet(Exception):
    """The form cannot be stored for this customer; the problem says why, beside its field."""

    def __init__(self, problem: CellProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(slots=True)
class Met:
    """What is to be stored: for whom, which values are new, and which stood there already and stay."""

    row: Customer | None
    profile: dict[str, Kept]
    records: list[RecordEntry] = field(default_factory=list)
    left: set[str] = field(default_factory=set)

    @property
    def brings(self) -> bool:
        """Whether anything is to be stored at all."""
        return self.row is None or bool(self.profile or self.records)


def recognise(
    judged: Judged, *, content: Content, chosen: UUID | None, fields: Mapping[str, FieldRule]
) -> UUID | None:
    """The customer the form is about, if it is in the register; whoever was merged is met as who stands for them.

    Raises:
        Unmet: the number belongs to another than the chosen one, or there must be one and is not.
    """
    number, rule = judged.profile.get(CUSTOMER_KEY), fields.get(CUSTOMER_KEY)
    holders = vault_queries.key_holders(rule=rule, texts=[number.text]) if number and rule else {}
    held = next((customer for customer, _record in holders.values()), None)
    if held is not None:
        held = merging.standing([held])[held]
    if chosen is not None:
        chosen = merging.standing([chosen])[chosen]
    if chosen is not None and held not in (None, chosen):
        raise Unmet(CellProblem(CUSTOMER_KEY, "key.taken", TAKEN, refuses=True))
    found = chosen or held
    if found is None and content.known_only:
        text = Text(
            "这份表单只用于已建档的客户：请从客户档案页打开，或填客户编号。",
            "This form is for registered customers: open it from the customer's page, or give the customer number.",
        )
        raise Unmet(CellProblem(CUSTOMER_KEY, "customer.needed", text, refuses=True))
    return found


def meet(
    judged: Judged,
    *,
    content: Content,
    customer: UUID | None,
    kind: str,
    chosen: bool,
    fields: Mapping[str, FieldRule],
    now: datetime,
) -> Met:
    """What is left to store once the register was asked; runs within the transaction that stores it.

    Raises:
        Unmet: of the other kind, another person, or the form takes no customer that is there.
    """
    records = {record: dict(values) for record, values in judged.values.items() if record != PROFILE}
    if customer is None:
        return Met(None, dict(judged.profile), [_new(record, values) for record, values in records.items()])
    row = Customer.objects.select_for_update().get(id=customer)
    if row.kind != kind:
        raise Unmet(_problem("row.kind-differs"))
    if content.existing == Existing.SKIP:
        text = Text(
            "客户已在库中，这份表单不改动已有客户。", "The customer is registered; this form changes none."
        )
        raise Unmet(CellProblem(CUSTOMER_KEY, "row.existing-skipped", text, refuses=True))
    standing = _standing(row, judged, records, fields, now)
    profile = dict(judged.profile)
    if not chosen:
        profile.pop(CUSTOMER_KEY, None)  # it is how the customer was recognised
        for key in sorted(IDENTIFYING & profile.keys()):
            known = standing.profile.get(key)
            if known and not _same(known, profile[key].text):
                raise Unmet(CellProblem(CUSTOMER_KEY, "row.other-person", OTHER_PERSON, refuses=True))
    replaces = content.existing == Existing.REPLACE
    values, stays = _new_values(profile, standing.profile, replaces=replaces)
    met = Met(row, values, left=stays)
    for record, given in records.items():
        held = standing.records.get(record)
        if held is None:
            met.records.append(_new(record, given))
            continue
        new, left = _new_values(given, held[1], replaces=replaces)
        met.left |= left
        if new:
            met.records.append(RecordEntry(RecordKind(record), new, held[0]))
    return met


def _new(record: str, values: dict[str, Kept]) -> RecordEntry:
    return RecordEntry(RecordKind(record), values)


def _problem(code: str) -> CellProblem:
    return CellProblem(CUSTOMER_KEY, code, REASONS[code], refuses=True)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _new_values(
    given: Mapping[str, Kept], standing: Mapping[str, str], *, replaces: bool
) -> tuple[dict[str, Kept], set[str]]:
    """What of `given` is to be stored, and which fields hold something else and stay as they are."""
    new, left = {}, set()
    for key, kept in given.items():
        text = standing.get(key)
        if text is None or (replaces and text != kept.text):
            new[key] = kept
        elif not _same(text, kept.text):
            left.add(key)
    return new, left


@dataclass(slots=True)
class _Standing:
    """What the register holds of what the form speaks of: the profile, and by kind the record that is completed."""

    profile: dict[str, str]
    records: dict[str, tuple[UUID, dict[str, str]]] = field(default_factory=dict)


def _standing(
    row: Customer,
    judged: Judged,
    records: Mapping[str, Mapping[str, Kept]],
    fields: Mapping[str, FieldRule],
    now: datetime,
) -> _Standing:
    candidates = _candidates(row, records, fields)
    keys = sorted({key for values in judged.values.values() for key in values})
    if not keys:
        return _Standing({})
    permit = gate.permit_maintenance(
        actor=IMPORTER, purpose=MAINTENANCE, customers=[row.id], fields=keys, reason="collection", now=now
    )
    every = [record for found in candidates.values() for record in found]
    shown = vault.reveal(permit, records=[row.id, *every])
    profile = _texts(shown.of(row.id))
    profile |= {key: text for key, text in row.public_values.items() if key in keys}
    known = _Standing(profile)
    for record, found in candidates.items():
        for one in found:
            texts = _texts(shown.of(row.id, one))
            if record != CONTACT or _same(texts.get(CONTACT_NAME, ""), records[CONTACT][CONTACT_NAME].text):
                known.records[record] = (one, texts)
                break
    return known


def _texts(shown: Mapping[str, vault.Shown]) -> dict[str, str]:
    return {key: value.text for key, value in shown.items() if value.text}


def _candidates(
    row: Customer, records: Mapping[str, Mapping[str, Kept]], fields: Mapping[str, FieldRule]
) -> dict[str, list[UUID]]:
    """By kind, the records of this customer that the form may be about: of the same number, or its contacts."""
    found: dict[str, list[UUID]] = {}
    for record, values in records.items():
        number = NUMBERED.get(record, "")
        if number in values and number in fields:
            holders = vault_queries.key_holders_within(
                rule=fields[number], pairs=[(row.id, values[number].text)]
            )
            found[record] = list(holders.values())
        elif record == CONTACT and CONTACT_NAME in values:
            contacts = Record.objects.filter(customer_id=row.id, kind=CONTACT, ended_at__isnull=True)
            found[record] = list(contacts.order_by("-id").values_list("id", flat=True)[:50])
    return found


def keys_of(judged: Judged) -> list[str]:
    """Every field that was filled."""
    return sorted({key for values in judged.values.values() for key in values})
