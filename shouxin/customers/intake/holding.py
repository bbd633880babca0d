"""What the register holds already of the customers a file speaks of, and whether the importer may add to it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core import identifiers
from shouxin.core.policy import Actor, FieldRule, service_actor
from shouxin.customers.intake.assembling import Held, HeldRecord, lines_of
from shouxin.customers.intake.convert import Parsed
from shouxin.customers.intake.mapping import CONTRACT_KEY, CUSTOMER_KEY, ORDER_KEY
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.registry.models import Customer, Record, RecordKind
from shouxin.gate import services as gate
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault

IMPORTER = service_actor("import")
MAINTENANCE = "maintenance"
NUMBERED = {RecordKind.ORDER.value: ORDER_KEY, RecordKind.CONTRACT.value: CONTRACT_KEY}
LINE_NUMBER = "line_no"
UNNUMBERED = (RecordKind.CONTACT.value, RecordKind.INTERACTION.value)


@dataclass(frozen=True, slots=True)
class Holding:
    """The register as one batch meets it."""

    batch: ImportBatch
    actor: Actor
    rules: Mapping[str, FieldRule]
    fields: Collection[str]  # that the file brings
    now: datetime

    def found(self, numbers: Collection[str]) -> dict[str, Held]:
        """The customers of these numbers that are there, unopened, by the number in its unique form."""
        if not numbers:
            return {}
        holders = vault_queries.key_holders(rule=self.rules[CUSTOMER_KEY], texts=numbers)
        standing = {row.id: row for row in Customer.objects.filter(id__in={c for c, _ in holders.values()})}
        ours = {row.id for row in standing.values() if row.batch_id == self.batch.id}
        writable = self._writable([key for key in standing if key not in ours])
        return {
            number: Held(
                customer,
                standing[customer].kind,
                customer in writable,
                customer in ours,
                merged=standing[customer].absorbed_by is not None,
            )
            for number, (customer, _) in holders.items()
            if customer in standing
        }

    def opened(self, rows: Mapping[str, Sequence[Parsed]]) -> dict[str, Held]:
        """The customers of these rows (by customer number) that are there, with what the file speaks of."""
        held = self.found(rows.keys())
        wanted = {number: known for number, known in held.items() if known.writable or known.ours}
        if wanted:
            self._open(rows, wanted)
        return held

    def foreseen(self, rows: Mapping[str, Sequence[Parsed]]) -> dict[str, Held]:
        """As `opened`, but of what is held only that for which a row may be refused: lines of orders by number."""
        held = self.found(rows.keys())
        if LINE_NUMBER in self.fields:
            wanted = {number: known for number, known in held.items() if known.writable and not known.ours}
            holders = self._numbered(rows, wanted, RecordKind.ORDER.value)
            if holders:
                within = {customer for customer, _kind in holders.values()}
                met = [known for known in wanted.values() if known.id in within]
                self._open_records(met, holders, {*self._line_fields(), ORDER_KEY})
        return held

    def _writable(self, customers: Collection[UUID]) -> set[UUID]:
        """Whom the importer may change; being refused is an answer here, and stands in the journal."""
        if not customers:
            return set()
        try:
            permit = gate.admit(
                actor=self.actor,
                purpose=self.batch.purpose,
                customers=sorted(customers),
                fields=sorted(self.fields),
                now=self.now,
            )
        except gate.Refused:
            return set()
        return set(permit.customers)

    def _open(self, rows: Mapping[str, Sequence[Parsed]], held: Mapping[str, Held]) -> None:
        """Fill in what the register holds of these customers; it never leaves the process."""
        fields = {*self.fields, *self._line_fields()}
        shown = self._open_records(held.values(), self._records(rows, held), fields)
        customers = [known.id for known in held.values()]
        public = dict(Customer.objects.filter(id__in=customers).values_list("id", "public_values"))
        for known in held.values():
            texts = {key: value.text for key, value in shown.of(known.id).items() if value.text}
            known.values = texts | {k: v for k, v in public.get(known.id, {}).items() if k in self.fields}

    def _open_records(
        self, held: Collection[Held], records: Mapping[UUID, tuple[UUID, str]], fields: Collection[str]
    ) -> vault.Revealed:
        """Fill in these records, and give what was opened: them and the customers themselves."""
        permit = gate.permit_maintenance(
            actor=IMPORTER,
            purpose=MAINTENANCE,
            customers=[known.id for known in held],
            fields=sorted(fields),
            reason="import",
            now=self.now,
        )
        shown = vault.reveal(permit, records=[*(known.id for known in held), *records])
        of = {known.id: known for known in held}
        begun = Record.objects.filter(id__in=list(records), batch_id=self.batch.id)
        ours = set(begun.values_list("id", flat=True))
        for record, (customer, kind) in records.items():
            one = self._record(record, kind, shown.of(customer, record))
            one.ours = record in ours
            of[customer].records.append(one)
        return shown

    def _line_fields(self) -> set[str]:
        """All fields of order lines, as soon as the file brings one: only all of them tell how many lines there are."""
        lines = {key for key, rule in self.rules.items() if rule.active and rule.record == "order_line"}
        return lines if lines & set(self.fields) else set()

    def _record(self, record: UUID, kind: str, shown: Mapping[str, vault.Shown]) -> HeldRecord:
        texts = {key: value.text or "" for key, value in shown.items()}
        lines = {key: texts.pop(key) for key in list(texts) if self.rules[key].record == "order_line"}
        number = NUMBERED.get(kind, "")
        return HeldRecord(
            record,
            kind,
            texts,
            lines_of(lines),
            identifiers.normalise(self.rules[number].validator, texts.get(number, "")) if number else "",
            {key: shown[key].mark for key in lines},
            {key: shown[key].problem for key in lines},
            frozenset(self._line_fields() & set(self.fields)),
        )

    def _records(
        self, rows: Mapping[str, Sequence[Parsed]], held: Mapping[str, Held]
    ) -> dict[UUID, tuple[UUID, str]]:
        """The records of these customers that rows may complete or repeat: record → (customer, kind)."""
        found: dict[UUID, tuple[UUID, str]] = {}
        for kind in NUMBERED:
            found.update(self._numbered(rows, held, kind))
        kinds = [kind for kind in UNNUMBERED if any(self.rules[f].record == kind for f in self.fields)]
        if kinds:
            found.update(self._unnumbered([known.id for known in held.values()], kinds))
        return found

    def _numbered(
        self, rows: Mapping[str, Sequence[Parsed]], held: Mapping[str, Held], kind: str
    ) -> dict[UUID, tuple[UUID, str]]:
        """Those of a kind that rows name by number."""
        key = NUMBERED[kind]
        pairs = {
            (known.id, text)
            for number, known in held.items()
            for row in rows[number]
            if (text := row.keys.get(key))
        }
        holders = vault_queries.key_holders_within(rule=self.rules[key], pairs=pairs) if pairs else {}
        return {record: (customer, kind) for (customer, _), record in holders.items()}

    def _unnumbered(self, customers: Iterable[UUID], kinds: Iterable[str]) -> Mapping[UUID, tuple[UUID, str]]:
        rows = Record.objects.filter(customer_id__in=customers, kind__in=kinds, ended_at__isnull=True)
        return {row.id: (row.customer_id, row.kind) for row in rows}
