"""Reading the catalogue. The rules are cached per process; one row tells every process when they changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from shouxin.core.policy import Actor, Exposure, FieldRule, Permission, Storage, Use
from shouxin.core.text import Text
from shouxin.people.models import Staff
from shouxin.rulebook.catalogue.models import Field, FieldChange, LevelLowering

T = TypeVar("T")

_held: ContextVar[UUID | None] = ContextVar("rulebook_revision", default=None)


def revision() -> UUID | None:
    """The token of the rulebook as it stands now: one read by primary key, or none within `held_revision()`."""
    held = _held.get()
    if held is not None:
        return held
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM rulebook_rulerevision WHERE id = 1")
        row: tuple[UUID] | None = cursor.fetchone()
    return row[0] if row else None


@contextmanager
def held_revision() -> Iterator[None]:
    """Read the token once for everything inside: a request, or a batch of rows decided by the same rules."""
    mark = _held.set(revision())
    try:
        yield
    finally:
        _held.reset(mark)


class Cached(Generic[T]):
    """A value computed from the rulebook, kept until the token changes. Tokens are random, never counted, so that
    a rolled-back change cannot leave its rules behind under a number that comes again."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._kept: tuple[UUID, T] | None = None

    def get(self) -> T:
        token = revision()
        kept = self._kept
        if kept is not None and kept[0] == token:
            return kept[1]
        value = self._load()
        if token is not None:
            self._kept = (token, value)
        return value


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
    )


def _load_fields() -> Mapping[str, FieldRule]:
    return MappingProxyType({field.key: rule_of(field) for field in Field.objects.order_by("key")})


_fields: Cached[Mapping[str, FieldRule]] = Cached(_load_fields)


def fields() -> Mapping[str, FieldRule]:
    """Every field's rule by key, inactive and forbidden ones included; cached."""
    return _fields.get()


def active_fields() -> Mapping[str, FieldRule]:
    """The rules of the fields that may be used."""
    return {key: rule for key, rule in fields().items() if rule.active}


def same_person(one: UUID, other: UUID) -> bool:
    """Whether two pseudonyms belong to log-ins of one human being."""
    if one == other:
        return True
    persons = Staff.objects.filter(pseudonym__in=[one, other]).values_list("person", flat=True)
    return len(persons) > len(set(persons))


def catalogue(
    actor: Actor, *, level: int | None = None, use: str = "", state: str = "", words: str = ""
) -> QuerySet[Field]:
    """The catalogue for the screen, filtered by grade, use class, state and words of key or name."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    found = Field.objects.select_related("masking_rule", "retention_rule")
    if level is not None:
        found = found.filter(level=level)
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
        "waiting": Q(key__in=LevelLowering.objects.filter(closed_at__isnull=True).values("field_id")),
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
