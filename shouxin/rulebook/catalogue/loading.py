"""Turning rule-pack rows into reference rows, again and again without harm.

Each row keeps what the pack delivered (`pack_row`). A newer pack moves an attribute only where the organisation has
not set it otherwise, and for fields only where that does not protect less: an update never loosens (clause C20.4).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from shouxin.rulebook.catalogue import rules
from shouxin.rulebook.catalogue.models import (
    ATTRIBUTES,
    Field,
    LegalArticle,
    LegalBasis,
    MaskingRule,
    Pack,
    ReferenceRow,
    RetentionRule,
)
from shouxin.rulebook.catalogue.pack import RulePack

Row = dict[str, str]
Values = dict[str, Any]
FLAG: Mapping[str, bool | None] = {"y": True, "n": False}  # anything else is undecided

PLAIN: Mapping[str, type[models.Model]] = {
    "masking-rules": MaskingRule,
    "law-register": LegalArticle,
}
TABLES: Mapping[str, type[models.Model]] = {
    **PLAIN,
    "retention-defaults": RetentionRule,
    "legal-bases": LegalBasis,
}
REFERENCE = (
    "identifier-rules", "jurisdictions", "jurisdiction-pack", "thresholds", "pia-matrix", "incident-levels",
)  # fmt: skip


@dataclass(slots=True)
class Merged:
    """What a load did: keys created and updated, and (key, attribute) left as the organisation set them or because
    the pack would protect less."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: "Merged") -> None:
        self.created += other.created
        self.updated += other.updated
        self.kept += other.kept


def load_reference(pack: RulePack, loaded: Pack) -> Merged:
    """Masking rules, retention rules, the legal register, the legal bases and the tables no room works on yet."""
    merged = Merged()
    for table, model in PLAIN.items():
        merged.add(_merge(model, pack.rows(table), _plain, loaded))
    merged.add(_merge(RetentionRule, pack.rows("retention-defaults"), _retention, loaded))
    merged.add(_merge(LegalBasis, pack.rows("legal-bases"), _basis, loaded))
    for table in REFERENCE:
        merged.add(_load_table(table, pack.rows(table), loaded))
    return merged


def _plain(row: Row) -> Values:
    """A row whose columns are the model's, its id being the code."""
    names = {"field_type_zh": "name_zh", "field_type_en": "name_en"}
    return {names.get(key, key): value for key, value in row.items() if key != "id"}


def _retention(row: Row) -> Values:
    names = {
        "data_category_zh": "name_zh",
        "data_category_en": "name_en",
        "state_between_purpose_end_and_expiry": "state_between",
    }
    numbers = {"min_value", "default_value"}
    return {
        names.get(key, key): int(value) if key in numbers else value
        for key, value in row.items()
        if key != "id"
    }


def _basis(row: Row) -> Values:
    values = _plain(row)
    values["article_id"] = values.pop("law_register")
    return values


def _merge(
    model: type[models.Model], rows: list[Row], convert: Callable[[Row], Values], loaded: Pack
) -> Merged:
    merged = Merged()
    rows_of = model._default_manager  # noqa: SLF001 - Django's documented name, underscore or not
    known: dict[str, Any] = rows_of.in_bulk()
    new = []
    for row in rows:
        code, values = row["id"], convert(row)
        old = known.get(code)
        if old is None:
            new.append(model(pk=code, pack=loaded, pack_row=row, **values))
            merged.created.append(code)
        elif old.pack_row != row:
            kept = _apply(old, values, convert(old.pack_row) if old.pack_row else {})
            merged.kept += [(code, name) for name in kept]
            old.pack, old.pack_row = loaded, row
            old.save()
            merged.updated.append(code)
    rows_of.bulk_create(new)
    return merged


def _apply(row: Any, values: Values, delivered: Values) -> list[str]:
    """Set what still stands as delivered; give the names of what the organisation set otherwise."""
    kept = []
    for name, value in values.items():
        if getattr(row, name) == value:
            continue
        if name in delivered and getattr(row, name) == delivered[name]:
            setattr(row, name, value)
        else:
            kept.append(name)
    return kept


def _load_table(table: str, rows: list[Row], loaded: Pack) -> Merged:
    merged = Merged()
    known = {row.code: row for row in ReferenceRow.objects.filter(table=table)}
    new = []
    for row in rows:
        code, mark = row["id"], row["verification"]
        old = known.get(code)
        if old is None:
            new.append(ReferenceRow(table=table, code=code, pack=loaded, pack_row=row, verification=mark))
            merged.created.append(f"{table}/{code}")
        elif old.pack_row != row:
            old.pack, old.pack_row, old.verification = loaded, row, mark
            old.save()
            merged.updated.append(f"{table}/{code}")
    ReferenceRow.objects.bulk_create(new)
    return merged


def field_values(row: Row) -> Values:
    """A row of the field dictionary as attributes of a catalogue field."""
    return {
        "name_zh": row["name_zh"],
        "name_en": row["name_en"],
        "subject_type": row["subject_type"],
        "record": row["record"],
        "classification": row["gb43697_class"],
        "category": row["gb35273_category"],
        "is_personal": FLAG.get(row["is_pi"]),
        "is_sensitive": FLAG.get(row["is_sensitive"]),
        "is_trade_secret": FLAG.get(row["is_trade_secret"]),
        "sensitive_category": row["gb45574_category"],
        "finance_class": row["jrt0171_class"],
        "level": int(row["level_1_5"]),
        "exposure": row["exposure_class"],
        "source_class": row["source_class"],
        "identifier_role": row["identifier_role"],
        "uses": row["uses"].split(),
        "masking_rule_id": row["masking_rule"],
        "storage": row["storage_rule"],
        "indexes": row["indexes"].split(),
        "retention_rule_id": row["default_retention"],
        "legal_basis_default": row["legal_basis_default"],
        "consent_type": row["consent_type"],
        "validator": row["validator_rule"],
        "validator_note": row["validator"],
        "sector": row["sector"],
        "note_zh": row["note_zh"],
        "note_en": row["note_en"],
        "active": row["active"] == "y",
        "verification": row["verification"],
    }


def group_of(values: Mapping[str, Any]) -> str:
    """The storage group that a field's attributes give."""
    return rules.storage_group(
        record=values["record"],
        uses=values["uses"],
        retention_rule=values["retention_rule_id"],
        level=values["level"],
        sensitive=values["is_sensitive"],
        trade_secret=values["is_trade_secret"],
    )


@dataclass(frozen=True, slots=True)
class FieldUpdate:
    """A field that the pack moves: the row already changed, what stood before, what was left alone."""

    field: Field
    before: Values
    kept: tuple[str, ...]


def new_fields(pack: RulePack, loaded: Pack) -> list[Field]:
    """The pack's fields that the catalogue does not have, unsaved."""
    known = set(Field.objects.values_list("key", flat=True))
    return [_new_field(row, loaded) for key, row in pack.fields.items() if key not in known]


def _new_field(row: Row, loaded: Pack) -> Field:
    values = field_values(row)
    by, at = loaded.loaded_by, loaded.loaded_at
    new = Field(
        key=row["field_key"],
        origin=row["origin"],
        pack=loaded,
        pack_row=row,
        storage_group=group_of(values),
        activated_at=at if values["active"] else None,
        **values,
    )
    if new.is_personal is not None:
        new.personal_decided_by, new.personal_decided_at = by, at
    if new.is_trade_secret is not None:
        new.trade_secret_decided_by, new.trade_secret_decided_at = by, at
    return new


def field_updates(pack: RulePack, loaded: Pack) -> Iterator[FieldUpdate]:
    """The catalogue's fields whose row in the pack is new, changed in memory as far as may be."""
    for old in Field.objects.filter(key__in=pack.fields).exclude(origin=Field.Origin.ORGANISATION):
        row = pack.fields[old.key]
        if old.pack_row == row:
            continue
        before = {name: getattr(old, name) for name in ATTRIBUTES}
        values = field_values(row)
        # Where values are sealed is settled by the first activation; a pack cannot move them.
        held = set(rules.loosened(before, values)) | ({"record"} if old.activated_at else set())
        wanted = {name: value for name, value in values.items() if name not in held or before[name] == value}
        kept = _apply(old, wanted, field_values(old.pack_row)) + sorted(
            name for name in held if before[name] != values[name]
        )
        old.pack, old.pack_row = loaded, row
        if old.activated_at is None:
            old.storage_group = group_of({name: getattr(old, name) for name in ATTRIBUTES})
        yield FieldUpdate(old, before, tuple(kept))


def differences(field: Field) -> list[tuple[str, Any, Any]]:
    """(attribute, the pack's value, the value set here) wherever they differ; none for the organisation's own."""
    if not field.pack_row:
        return []
    delivered = field_values(field.pack_row)
    return [
        (name, value, getattr(field, name))
        for name, value in delivered.items()
        if getattr(field, name) != value
    ]
