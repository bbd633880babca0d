"""Reading the catalogue. The rules are cached per process; one row tells every process when they changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from shouxin.core.policy import Actor, Exposure, FieldRule, Permission, Storage, Use
from shouxin.core.text import Text
from shouxin.kit.remembering import once
from shouxin.kit.statements import execute
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue import loading, pack
from shouxin.rulebook.catalogue.models import (
    Field,
    FieldChange,
    LegalArticle,
    LegalBasis,
    LevelLowering,
    MaskingRule,
    Pack,
    PackProof,
    RetentionRule,
    titled,
)

T = TypeVar("T")
# How the marks of verification begin; the longer one first, since the shorter is its beginning.
MARKS = ("VERIFIED-SECONDARY", "VERIFIED", "PRODUCT DEFAULT", "FROM KNOWLEDGE")

_held: ContextVar[list[UUID | None] | None] = ContextVar("rulebook_revision", default=None)


def revision() -> UUID | None:
    """The token of the rulebook as it stands now, read by primary key; within `held_revision()` read at most once."""
    held = _held.get()
    if held is None:
        return _current()
    if not held:
        held.append(_current())
    return held[0]


def _current() -> UUID | None:
    rows = execute("SELECT token FROM rulebook_rulerevision WHERE id = 1")
    return rows[0][0] if rows else None


@contextmanager
def held_revision(token: UUID | None = None) -> Iterator[None]:
    """Read the token once for everything inside, when it is first asked for: a request, or a batch of rows decided
    by the same rules; not at all when it was read already and is given, or is held already. What is inside must not
    change the rules.
    """
    held = _held.get()
    if token is None and held is not None:
        yield
        return
    if token is not None and held == []:
        held.append(token)  # read just now, beside something else: nothing around needs to ask again
    mark = _held.set([token] if token else [])
    try:
        yield
    finally:
        _held.reset(mark)


class Cached(Generic[T]):
    """A value computed from the rulebook, kept until the token changes. Tokens are random, never counted, so that
    a rolled-back change cannot leave its rules behind under a number that comes again.

    With the tables it is computed from, it is computed again only when one of these changed. Their tokens are read
    before the tables, so what is kept is never older than they say.
    """

    def __init__(self, load: Callable[[], T], *tables: str) -> None:
        self._load, self._tables = load, tuple(f"rulebook_{table}" for table in tables)
        self._kept: tuple[UUID, tuple[UUID | None, ...], T] | None = None

    def get(self) -> T:
        token = revision()
        kept = self._kept
        if kept is not None and kept[0] == token:
            return kept[2]
        if token is None:
            return self._load()
        known = _of_tables(token) if self._tables else {}
        mine = tuple(known.get(table) for table in self._tables)
        if kept is not None and mine and None not in mine and kept[1] == mine:
            value = kept[2]
        else:
            with held_revision(token):
                value = self._load()
        self._kept = (token, mine, value)
        return value


_tables: list[tuple[UUID, Mapping[str, UUID]]] = []


def _of_tables(token: UUID) -> Mapping[str, UUID]:
    """The token of each table; asked once for each token of the whole."""
    known = _tables[0] if _tables else None
    if known is None or known[0] != token:
        known = token, dict(execute("SELECT name, token FROM rulebook_tablerevision"))
        _tables[:] = [known]
    return known[1]


def rule_of(field: Field) -> FieldRule:
    """A catalogue row as the gate and the vault see it. What is undecided counts as the stricter of the two."""
    return FieldRule(
        key=field.key,
        name=Text(field.name_zh, field.name_en),
        record=field.record,
        level=field.level,
        exposure=Exposure(field.exposure),
        personal=field.is_personal is not False,
        sensitive=field.is_sensitive is not False,
        trade_secret=field.is_trade_secret is not False,
        uses=frozenset(Use(use) for use in field.uses),
        masking_rule=field.masking_rule_id,
        storage=Storage(field.storage),
        indexes=tuple(field.indexes),
        storage_group=field.storage_group,
        retention_rule=field.retention_rule_id,
        validator=field.validator,
        active=field.active,
        subject_type=field.subject_type,
        review_months=field.review,
    )


def _load_fields() -> Mapping[str, FieldRule]:
    return MappingProxyType({field.key: rule_of(field) for field in Field.objects.order_by("key")})


_fields: Cached[Mapping[str, FieldRule]] = Cached(_load_fields, "field")


def fields() -> Mapping[str, FieldRule]:
    """Every field's rule by key, inactive and forbidden ones included; cached."""
    return _fields.get()


def active_fields() -> Mapping[str, FieldRule]:
    """The rules of the fields that may be used."""
    return {key: rule for key, rule in fields().items() if rule.active}


def log_ins_of(actor: Actor) -> list[UUID]:
    """The pseudonyms of every log-in of the human being behind `actor`."""
    me = Staff.objects.filter(pseudonym=actor.pseudonym).values("person")
    others = Staff.objects.filter(person__in=me).values_list("pseudonym", flat=True)
    return once(("log-ins", actor.id), lambda: [actor.pseudonym, *others])


_PERSONS = "SELECT pseudonym, person FROM people_staff WHERE pseudonym = ANY(%b::uuid[])"


def same_person(one: UUID, *others: UUID) -> bool:
    """Whether a pseudonym and one of others belong to log-ins of one human being."""
    if one in others:
        return True
    persons = dict(execute(_PERSONS, ([one, *others],)))
    return one in persons and any(persons.get(other) == persons[one] for other in others)


def record_order(record: str = "record") -> Case:
    """Records in the order people meet them, not of the alphabet; `record` is the way to the column."""
    return Case(*(When(**{record: one}, then=place) for place, one in enumerate(Field.Record.values)))


def catalogue(
    actor: Actor,
    *,
    level: int | None = None,
    use: str = "",
    state: str = "",
    words: str = "",
    record: str = "",
    exposure: str = "",
) -> QuerySet[Field]:
    """The catalogue for the screen, filtered by record, class, grade, use, state and words of key or name."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    equal = {"level": level, "record": record, "exposure": exposure}
    found = Field.objects.select_related("masking_rule", "retention_rule")
    found = found.annotate(place=record_order()).order_by("place", "key")
    found = found.filter(**{name: value for name, value in equal.items() if value})
    if use:
        found = found.filter(uses__contains=[use])
    if words:
        found = found.filter(
            Q(key__icontains=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words)
        )
    states = {
        "active": Q(active=True),
        "inactive": Q(active=False) & ~Q(storage="forbidden"),
        "forbidden": Q(storage="forbidden"),
        "waiting": Q(key__in=[one.field_id for one in lowerings_awaiting(actor)])
        if actor.may(Permission.RULEBOOK_LOWERING_APPROVE)
        else Q(key__in=LevelLowering.objects.filter(closed_at__isnull=True).values("field_id")),
        "undecided": Q(is_personal__isnull=True) | Q(is_trade_secret__isnull=True),
    }
    return found.filter(states[state]) if state in states else found


def field(actor: Actor, key: str) -> Field | None:
    """One field with its rules, or None."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return Field.objects.select_related("masking_rule", "retention_rule", "pack").filter(key=key).first()


def history(actor: Actor, key: str) -> QuerySet[FieldChange]:
    """What happened to a field, newest first."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return FieldChange.objects.filter(field_id=key)


def pending_lowering(actor: Actor, key: str) -> LevelLowering | None:
    """The open proposal to lower a field's level, if any."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return LevelLowering.objects.filter(field_id=key, closed_at__isnull=True).first()


def lowerings_awaiting(actor: Actor) -> QuerySet[LevelLowering]:
    """Proposals to lower a grade that wait for this person."""
    if not actor.may(Permission.RULEBOOK_LOWERING_APPROVE):
        return LevelLowering.objects.none()
    mine = log_ins_of(actor)
    waiting = LevelLowering.objects.filter(closed_at__isnull=True).select_related("field")
    return waiting.exclude(proposed_by__in=mine).exclude(first_by__in=mine)


@dataclass(frozen=True, slots=True)
class DeliveredPack:
    """The rule pack that came with this version: its files, or the file that is missing or was altered."""

    pack: pack.RulePack | None
    files: tuple[tuple[str, str, int], ...] = ()  # name, SHA-256, bytes
    broken: str = ""


def delivered_pack() -> DeliveredPack:
    """The pack on disk, checked against its manifest now."""
    try:
        found = pack.read()
    except pack.PackBroken as problem:
        return DeliveredPack(None, broken=problem.file)
    files = ((name, sha256(content).hexdigest(), len(content)) for name, content in found.files.items())
    return DeliveredPack(found, tuple(sorted(files)))


def packs(actor: Actor) -> QuerySet[Pack]:
    """Every pack that was loaded, the one in force first."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return Pack.objects.order_by("-loaded_at")


def proofs(actor: Actor) -> QuerySet[PackProof]:
    """The proofs that packs loosened nothing, newest first."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return PackProof.objects.select_related("pack")


def waiting_pack(actor: Actor) -> bool:
    """Whether a newer pack than the one in force was delivered and this person may confirm it."""
    if not actor.may(Permission.RULEBOOK_FIELD_WRITE):
        return False
    found = delivered_pack().pack
    return found is not None and not Pack.objects.filter(sha256=found.sha256).exists()


def differing(actor: Actor) -> list[tuple[Field, list[str]]]:
    """The fields that stand otherwise than the pack delivered them, with the attributes that differ."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    rows = Field.objects.exclude(origin=Field.Origin.ORGANISATION)
    found = ((row, [name for name, _, _ in loading.differences(row)]) for row in rows)
    return [(row, names) for row, names in found if names]


def articles(
    actor: Actor, *, instrument: str = "", mark: str = "", words: str = ""
) -> QuerySet[LegalArticle]:
    """The legal register, by instrument, mark of verification and words."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    found = LegalArticle.objects.order_by("code")
    if instrument:
        found = found.filter(instrument=instrument)
    if mark in MARKS:
        longer = [other for other in MARKS if other != mark and other.startswith(mark)]
        found = found.filter(verification__startswith=mark)
        for other in longer:
            found = found.exclude(verification__startswith=other)
    if words:
        said = Q(duty_zh__icontains=words) | Q(duty_en__icontains=words) | Q(article__icontains=words)
        law = Q(instrument__icontains=words) | Q(instrument_en__icontains=words)
        found = found.filter(said | law | Q(code__icontains=words))
    return found


def instruments(actor: Actor) -> list[tuple[str, str]]:
    """The laws, regulations and standards of the register, each with its title in the reader's language."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    names = LegalArticle.objects.order_by("instrument").values_list("instrument", "instrument_en")
    return [(own, titled(own, translated)) for own, translated in names.distinct()]


def bases(actor: Actor) -> QuerySet[LegalBasis]:
    """The grounds on which processing may rest."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return LegalBasis.objects.select_related("article").order_by("code")


def retention_rules(actor: Actor, *, words: str = "") -> QuerySet[RetentionRule]:
    """The retention rules, by words of code, name or law."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    said = Q(code__icontains=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words)
    found = RetentionRule.objects.order_by("sector", "code")
    return found.filter(said | Q(legal_basis__icontains=words)) if words else found


def masking_rules(actor: Actor) -> QuerySet[MaskingRule]:
    """The masking rules."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return MaskingRule.objects.order_by("code")
