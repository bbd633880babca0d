"""A newer rule pack: what it would bring, said beforehand; and the proof afterwards that nothing was loosened.

The proof is worked out over the rules in force before and after, in the transaction that loads the pack: if it found
anything looser, the pack would not be loaded at all (clause C20.4).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps
from typing import Any

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit.registry import Registry
from shouxin.rulebook.catalogue import loading, pack, rules
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import Field, Pack, PackProof, ReferenceRow

COMPARED = (
    "level",
    "exposure",
    "masking_rule_id",
    "storage",
    "indexes",
    "uses",
    "consent_type",
    "is_personal",
    "is_sensitive",
    "is_trade_secret",
    "active",
)
Settings = Mapping[str, Mapping[str, Any]]

# What other rooms take from the pack in force, once it is: (actor, now).
followers: Registry[Callable[[Actor, datetime], object]] = Registry("followers of the rule pack")


@dataclass(frozen=True, slots=True)
class Line:
    """One attribute of a field that a pack would set otherwise, and what becomes of it: `added`, `tightened`,
    `changed` (neither stricter nor looser), `loosened` (so it is not applied) or `kept` (set here, and left)."""

    field: str
    name: Text
    attribute: str
    before: Any
    after: Any
    verdict: str

    @property
    def applied(self) -> bool:
        return self.verdict in {"added", "tightened", "changed"}


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading would do: to fields line by line, to reference tables by number (table, new, changed)."""

    added: Sequence[Line]
    lines: Sequence[Line]
    tables: Sequence[tuple[str, int, int]]

    def of(self, verdict: str) -> int:
        return sum(line.verdict == verdict for line in self.lines)

    @property
    def nothing(self) -> bool:
        return not (self.added or self.lines or any(new or moved for _table, new, moved in self.tables))


def preview(delivered: pack.RulePack) -> Preview:
    """What loading `delivered` now would do; nothing is changed."""
    row = Pack(name=delivered.name, version=delivered.version)
    new = [
        Line(one.key, Text(one.name_zh, one.name_en), "", None, f"{one.level} {one.exposure}", "added")
        for one in loading.new_fields(delivered, row)
    ]
    lines = [line for update in loading.field_updates(delivered, row) for line in _lines(delivered, update)]
    return Preview(new, lines, list(_tables(delivered)))


def _lines(delivered: pack.RulePack, update: loading.FieldUpdate) -> Iterable[Line]:
    wanted = loading.field_values(delivered.fields[update.field.key])
    looser = set(rules.loosened(update.before, wanted))
    name = Text(update.field.name_zh, update.field.name_en)
    for attribute, value in wanted.items():
        before = update.before[attribute]
        if value != before:
            if attribute in looser:
                verdict = "loosened"
            elif getattr(update.field, attribute) != value:
                verdict = "kept"
            else:
                verdict = _direction({attribute: before}, {attribute: value})
            yield Line(update.field.key, name, attribute, before, value, verdict)


def _direction(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if rules.loosened(before, after):
        return "loosened"
    return "tightened" if rules.loosened(after, before) else "changed"


def _tables(delivered: pack.RulePack) -> Iterable[tuple[str, int, int]]:
    """Reference tables with the number of rows that are new and that are changed."""
    for table, model in loading.TABLES.items():
        known = dict(model._default_manager.values_list("pk", "pack_row"))  # noqa: SLF001 - Django's documented name
        yield _counted(table, delivered.rows(table), known)
    for table in loading.REFERENCE:
        rows = ReferenceRow.objects.filter(table=table)
        yield _counted(table, delivered.rows(table), dict(rows.values_list("code", "pack_row")))


def _counted(table: str, rows: Sequence[Mapping[str, str]], known: Mapping[str, Any]) -> tuple[str, int, int]:
    new = sum(row["id"] not in known for row in rows)
    return table, new, sum(row["id"] in known and known[row["id"]] != row for row in rows)


def effective() -> dict[str, dict[str, Any]]:
    """What protects every field now, straight from the tables."""
    rows = Field.objects.order_by("key").values("key", *COMPARED)
    return {row["key"]: {name: row[name] for name in COMPARED} for row in rows}


def digest(settings: Settings) -> str:
    """SHA-256 of the settings, the same for the same settings in any order."""
    return sha256(dumps(settings, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _compared(before: Settings, after: Settings) -> list[list[Any]]:
    """Every setting that differs, as the proof keeps it."""
    return [
        [key, name, value, after[key][name], _direction({name: value}, {name: after[key][name]})]
        for key, settings in before.items()
        for name, value in settings.items()
        if after[key][name] != value
    ]


def prove(actor: Actor, *, row: Pack, before: Settings, now: datetime) -> PackProof:
    """Compare what held before with what holds now, and keep the result; within the transaction of loading.

    Raises:
        Refused: something protects less than before, so that the pack must not be loaded.
    """
    after = effective()
    lines = _compared(before, after)
    looser = [line for line in lines if line[4] == "loosened"]
    if looser:
        named = "、".join(sorted({str(line[0]) for line in looser}))
        text = Text(
            f"规则包会放宽保护，没有载入：{named}。",
            f"The rule pack would loosen protection and was not loaded: {named}.",
        )
        raise Refused("pack.loosens", text, "个人信息保护法 第51条")
    proof = PackProof.objects.create(
        pack=row,
        at=now,
        by=actor.pseudonym,
        digest_before=digest(before),
        digest_after=digest(after),
        compared=len(before) * len(COMPARED),
        added=len(after) - len(before),
        lines=lines,
    )
    journal.append(
        actor=actor,
        event="pack.proved",
        data={
            "pack": row.name,
            "version": row.version,
            "before": proof.digest_before,
            "after": proof.digest_after,
            "compared": proof.compared,
            "tightened": sum(line[4] == "tightened" for line in lines),
            "loosened": 0,
        },
    )
    return proof


def follow(actor: Actor, now: datetime) -> None:
    """Let other rooms take from the pack in force what is theirs; a second time changes nothing."""
    for take in followers.values():
        take(actor, now)
