"""Reading purposes and notices. Purpose rules are reference data, cached like the fields."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shouxin.core.policy import (
    Actor,
    ActorKind,
    FieldRule,
    Necessity,
    Permission,
    PurposeRule,
    PurposeStatus,
    Role,
    Use,
)
from shouxin.core.text import Text
from shouxin.journal.queries import Line, of_thing
from shouxin.kit import clock
from shouxin.kit.statements import execute
from shouxin.people.models import Department, Staff
from shouxin.rulebook.catalogue.queries import Cached, fields, log_ins_of, record_order
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose, PurposeField
from shouxin.rulebook.purposes.rules import VERBS, counted_by_default

MAIN_LANGUAGE = NoticeVersion.Language.ZH
PURPOSE_EVENTS = ("purpose.drafted", "purpose.edited", *sorted(verb.event for verb in VERBS.values()))


@dataclass(frozen=True, slots=True)
class _Book:
    """All purposes, and for each notice its approved versions, latest first; which one is in force depends on the
    day, so the rules are worked out once a day."""

    rules: Mapping[str, PurposeRule]
    notice_of: Mapping[str, str]
    versions: Mapping[str, Sequence[tuple[date, UUID]]]
    by_day: dict[date, Mapping[str, PurposeRule]] = field(default_factory=dict)

    def on(self, day: date) -> Mapping[str, PurposeRule]:
        if day not in self.by_day:
            found = {key: _tied_to(rule, self._in_force(key, day)) for key, rule in self.rules.items()}
            self.by_day.clear()
            self.by_day[day] = MappingProxyType(found)
        return self.by_day[day]

    def _in_force(self, key: str, day: date) -> UUID | None:
        versions = self.versions.get(self.notice_of.get(key, ""), ())
        return next((version for effective, version in versions if effective <= day), None)


_PURPOSES = """
SELECT p.key, p.name_zh, p.name_en, p.basis_id, b.citation, b.requires, p.roles, p.services, p.use, p.status,
    p.retention_rule_id, p.notice_id,
    (SELECT array_agg(d.department_id) FROM rulebook_purpose_department d WHERE d.purpose_id = p.key) AS departments,
    (SELECT jsonb_agg(jsonb_build_array(n.field_id, n.necessity, n.counted, n.max_age_months) ORDER BY n.field_id)
     FROM rulebook_purposefield n WHERE n.purpose_id = p.key AND n.necessity <> 'not_needed') AS needs
FROM rulebook_purpose p LEFT JOIN rulebook_legalbasis b ON b.code = p.basis_id ORDER BY p.key
"""
_APPROVED = """
SELECT notice_id, effective_on, id FROM rulebook_noticeversion
WHERE approved_at IS NOT NULL AND language = %b ORDER BY effective_on DESC, number DESC
"""
# By purpose what was made last, and of what: a purpose that did not change stays the same object, from book to book.
_made: dict[str, tuple[tuple[Any, ...], PurposeRule]] = {}
_tied: dict[str, tuple[PurposeRule, UUID | None, PurposeRule]] = {}


def _load() -> _Book:
    rows = execute(_PURPOSES)
    versions: dict[str, list[tuple[date, UUID]]] = defaultdict(list)
    for notice, effective, version in execute(_APPROVED, (MAIN_LANGUAGE.value,)):
        versions[notice].append((effective, version))
    return _Book({row[0]: _rule(row) for row in rows}, {row[0]: row[11] for row in rows if row[11]}, versions)


def _rule(row: tuple[Any, ...]) -> PurposeRule:
    """A purpose as the gate sees it, not yet tied to a notice version."""
    known = _made.get(row[0])
    if known is None or known[0] != row:
        known = _made[row[0]] = row, _made_of(*row)
    return known[1]


def _made_of(
    key: str, name_zh: str, name_en: str, basis: str | None, citation: str | None, *rest: Any
) -> PurposeRule:
    required, roles, services, use, status, retention, _notice, departments, needs = rest
    requires = frozenset({required or ""} - {""})
    asked = [(one, Necessity(necessity), counted, months) for one, necessity, counted, months in needs or ()]
    return PurposeRule(
        key=key,
        name=Text(name_zh, name_en),
        basis=basis or "",
        article=citation or "",
        consent_based="consent" in requires,
        roles=frozenset(Role(role) for role in roles),
        use=Use(use) if use else None,
        fields=MappingProxyType({one: necessity for one, necessity, _, _ in asked}),
        status=PurposeStatus(status),
        notice_version_id=None,
        requires=requires,
        services=frozenset(services),
        departments=frozenset(departments or ()),
        retention_rule=retention,
        counted=frozenset(
            one
            for one, necessity, counted, _ in asked
            if (counted_by_default(one, necessity.value) if counted is None else counted)
        ),
        max_ages=MappingProxyType({one: months for one, _, _, months in asked if months is not None}),
    )


def _tied_to(rule: PurposeRule, version: UUID | None) -> PurposeRule:
    known = _tied.get(rule.key)
    if known is None or known[0] is not rule or known[1] != version:
        known = _tied[rule.key] = rule, version, replace(rule, notice_version_id=version)
    return known[2]


_book: Cached[_Book] = Cached(
    _load, "purpose", "purposefield", "purpose_department", "legalbasis", "noticeversion"
)


def purpose_rules() -> Mapping[str, PurposeRule]:
    """Every purpose's rule by key, whatever its status, with the notice version in force today; cached."""
    return _book.get().on(clock.today())


_titles: Cached[Mapping[str, Text]] = Cached(
    lambda: {
        key: Text(zh, en or zh) for key, zh, en in Notice.objects.values_list("key", "title_zh", "title_en")
    },
    "notice",
)


def notice_title(key: str) -> Text | None:
    """What a notice is called; cached."""
    return _titles.get().get(key)


def purpose_rule(key: str) -> PurposeRule | None:
    """One purpose's rule, or None when there is no such purpose."""
    return purpose_rules().get(key)


def active_purposes(actor: Actor) -> Sequence[PurposeRule]:
    """The purposes `actor` may act for now; a program's purposes stand in its grants, so it has none here."""
    return tuple(
        rule
        for rule in purpose_rules().values()
        if rule.status is PurposeStatus.ACTIVE and may_act(actor, rule)
    )


def may_act(actor: Actor, rule: PurposeRule) -> bool:
    """Whether `actor` is one of those the purpose is for."""
    if actor.kind is ActorKind.SERVICE:
        return actor.name in rule.services
    return actor.kind is ActorKind.STAFF and rule.admits(actor)


def needed_fields(key: str, record: str = "") -> Mapping[str, tuple[FieldRule, Necessity]]:
    """The active fields a purpose needs (of one kind of record, if given), in the order of the catalogue.

    A required field must stand in every record of its kind whose subject type fits; none is required elsewhere.
    """
    rule = purpose_rule(key)
    if rule is None:
        return {}
    return {
        name: (known, rule.fields[name])
        for name, known in fields().items()
        if name in rule.fields
        and known.active
        and record in ("", known.record)
        and (rule.use is None or rule.use in known.uses)
    }


def purposes(actor: Actor, *, status: str = "") -> QuerySet[Purpose]:
    """The record of processing activities; `status` may also be "awaiting" (my approval), "mine" or "asked"."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    needed = Count("needs", filter=~Q(needs__necessity=PurposeField.Needed.NOT_NEEDED))
    found = Purpose.objects.select_related("basis", "retention_rule").annotate(needed=needed).order_by("key")
    if status == "awaiting":
        return found.filter(key__in=purposes_awaiting(actor).values("key"))
    if status == "asked":
        return found.filter(status=Purpose.Status.SUBMITTED, submitted_by__in=log_ins_of(actor))
    if status == "mine":
        return found.filter(status=Purpose.Status.DRAFT, drafted_by__in=log_ins_of(actor))
    return found.filter(status=status) if status else found


def purposes_awaiting(actor: Actor) -> QuerySet[Purpose]:
    """The purposes that `actor` may approve now: submitted, and by other people."""
    if not actor.may(Permission.RULEBOOK_PURPOSE_APPROVE):
        return Purpose.objects.none()
    mine = log_ins_of(actor)
    submitted = Purpose.objects.filter(status=Purpose.Status.SUBMITTED)
    return submitted.exclude(drafted_by__in=mine).exclude(submitted_by__in=mine)


def approvers_beside(authors: Sequence[UUID | None]) -> list[Staff]:
    """Who may approve what these people (by pseudonym) drafted or submitted: officers, never the same person."""
    persons = Staff.objects.filter(pseudonym__in=[one for one in authors if one]).values("person")
    officers = Staff.objects.filter(is_active=True, roles__contains=[Role.OFFICER.value])
    return list(officers.exclude(person__in=persons).select_related("department").order_by("display_name"))


def versions_awaiting(actor: Actor) -> QuerySet[NoticeVersion]:
    """The notice versions that `actor` may approve now: drafted by other people."""
    if not actor.may(Permission.RULEBOOK_NOTICE_APPROVE):
        return NoticeVersion.objects.none()
    waiting = NoticeVersion.objects.filter(approved_at__isnull=True).select_related("notice")
    return waiting.exclude(drafted_by__in=log_ins_of(actor))


def story_of(actor: Actor, key: str) -> list[Line]:
    """What happened to a purpose, the latest first, from the journal."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    return of_thing(PURPOSE_EVENTS, {"purpose": key})


def organisation_name() -> str:
    """The name of the organisation: that of its topmost department."""
    top = Department.objects.filter(parent__isnull=True).order_by("created_at").first()
    return top.name if top else ""


def version_for(actor: Actor, version_id: UUID) -> NoticeVersion | None:
    """One notice text, approved or not, or None."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    return NoticeVersion.objects.select_related("notice").filter(id=version_id).first()


def resting_on(actor: Actor, notice_key: str) -> QuerySet[Purpose]:
    """The purposes that rest on a notice."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    return Purpose.objects.filter(notice_id=notice_key)


def purpose_for(actor: Actor, key: str) -> Purpose | None:
    """One processing activity with everything its page shows, or None."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    if "\0" in key:  # named in an address by hand; no database takes it
        return None
    related = ("basis", "article", "retention_rule", "department", "notice", "pack")
    return Purpose.objects.select_related(*related).prefetch_related("departments").filter(key=key).first()


def needs_of(actor: Actor, key: str) -> QuerySet[PurposeField]:
    """A purpose's field × necessity table."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    rows = PurposeField.objects.select_related("field").filter(purpose_id=key)
    return rows.order_by(record_order("field__record"), "field_id")


def versions(actor: Actor, *, awaiting: bool = False) -> QuerySet[NoticeVersion]:
    """Every version of every notice without its text, latest first; or only those that wait for `actor`."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    found = NoticeVersion.objects.select_related("notice").defer("text")
    if awaiting:
        found = found.filter(id__in=versions_awaiting(actor).values("id"))
    return found.order_by("notice_id", "-number", "language")


def notice(actor: Actor, key: str) -> Notice | None:
    """One notice with its versions, or None."""
    actor.require(Permission.RULEBOOK_PURPOSE_READ)
    return Notice.objects.prefetch_related("versions").filter(key=key).first()


def in_force_today() -> frozenset[UUID]:
    """The versions that are read today: of each notice and language the latest approved one that has begun."""
    begun = NoticeVersion.objects.filter(approved_at__isnull=False, effective_on__lte=clock.today())
    found: dict[tuple[str, str], UUID] = {}
    rows = begun.order_by("effective_on", "number").values_list("notice_id", "language", "id")
    for notice_id, language, version_id in rows:
        found[notice_id, language] = version_id
    return frozenset(found.values())


def notice_version(version_id: UUID) -> NoticeVersion | None:
    """A notice text as it was shown; approved texts never change."""
    return NoticeVersion.objects.select_related("notice").filter(id=version_id).first()
