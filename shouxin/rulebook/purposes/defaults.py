"""The product's default purposes and notice: proposals of a rule pack, adopted by two people or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.kit import clock
from shouxin.people.models import Department
from shouxin.rulebook.catalogue import pack
from shouxin.rulebook.catalogue.models import Pack
from shouxin.rulebook.purposes import noticing, services
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose, PurposeField
from shouxin.rulebook.purposes.queries import purposes_awaiting, versions_awaiting

Departments = Mapping[str, Sequence[Department]]


@dataclass(frozen=True, slots=True)
class Adoption:
    """Which default purposes are in use now, and which are not, and why."""

    activated: tuple[str, ...]
    waiting: Mapping[str, Text]


@transaction.atomic
def draft_defaults(
    actor: Actor,
    *,
    organisation: str,
    contact: str,
    departments: Departments | None = None,
    effective_on: date | None = None,
    folder: Path = pack.CURRENT,
) -> tuple[str, ...]:
    """Write the pack's purposes and notice as drafts of the organisation, where they are missing; gives the new keys.

    `departments` names, per purpose, the departments that may act for it; a purpose not named is open to every
    department whose roles it names.
    """
    delivered = pack.read(folder)
    loaded = Pack.objects.get(sha256=delivered.sha256)
    for row in delivered.rows("notices"):
        Notice.objects.get_or_create(
            key=row["key"], defaults={"title_zh": row["title_zh"], "title_en": row["title_en"]}
        )
    known = set(Purpose.objects.values_list("key", flat=True))
    needs: dict[str, list[dict[str, str]]] = {}
    for row in delivered.rows("purpose-fields"):
        needs.setdefault(row["purpose"], []).append(row)
    new = [row for row in delivered.rows("purposes") if row["key"] not in known]
    for row in new:
        mine = (departments or {}).get(row["key"], ())
        purpose = _draft(actor, row, organisation, mine)
        Purpose.objects.filter(key=purpose.key).update(
            pack=loaded, pack_row=row, verification=row["verification"]
        )
        PurposeField.objects.bulk_create([_need(purpose, need) for need in needs[purpose.key]])
    _draft_notices(actor, delivered, contact, effective_on or clock.today())
    return tuple(row["key"] for row in new)


def _draft_notices(actor: Actor, delivered: pack.RulePack, contact: str, effective_on: date) -> None:
    """After the purposes, which they tell of."""
    for row in delivered.rows("notices"):
        if NoticeVersion.objects.filter(notice_id=row["key"], language=row["language"]).exists():
            continue
        noticing.draft_notice(
            actor,
            key=row["key"],
            language=row["language"],
            template=delivered.text(row["file"]),
            contact=contact,
            effective_on=effective_on,
        )


def _draft(
    actor: Actor, row: dict[str, str], organisation: str, departments: Sequence[Department]
) -> Purpose:
    texts = ("name_zh", "name_en", "description_zh", "description_en", "subjects_zh", "subjects_en", "use")
    return services.draft_purpose(
        actor,
        key=row["key"],
        departments=departments,
        named=(),  # whose companies they are nobody but the organisation knows
        handler=organisation,
        basis_id=row["basis"],
        article_id=row["law_register"],
        roles=row["roles"].split(),
        services=row["services"].split(),
        retention_rule_id=row["retention_rule"],
        recipients_zh=row["recipients_zh"],
        recipients_en=row["recipients_en"],
        notice_id=row["notice"],
        **{name: row[name] for name in texts},
    )


def _need(purpose: Purpose, row: dict[str, str]) -> PurposeField:
    texts = ("reason_zh", "reason_en", "sensitive_reason_zh", "sensitive_reason_en")
    return PurposeField(
        purpose=purpose,
        field_id=row["field"],
        necessity=row["necessity"],
        **{name: row[name] for name in texts},
    )


@transaction.atomic
def submit_defaults(
    actor: Actor,
    *,
    organisation: str,
    contact: str,
    departments: Departments | None = None,
    effective_on: date | None = None,
    folder: Path = pack.CURRENT,
) -> tuple[str, ...]:
    """The first of two people: write the defaults as drafts and hand them over for approval; gives the keys."""
    new = draft_defaults(
        actor,
        organisation=organisation,
        contact=contact,
        departments=departments,
        effective_on=effective_on,
        folder=folder,
    )
    for key in new:
        services.submit_purpose(actor, key=key)
    return new


def to_draft(folder: Path = pack.CURRENT) -> list[dict[str, str]]:
    """The pack's purposes that the organisation does not have yet, as delivered."""
    known = set(Purpose.objects.values_list("key", flat=True))
    return [row for row in pack.read(folder).rows("purposes") if row["key"] not in known]


def to_approve(actor: Actor) -> tuple[list[Purpose], list[NoticeVersion]]:
    """The default purposes that `actor` may approve together, and the notice versions they rest on."""
    waiting = purposes_awaiting(actor).filter(pack__isnull=False).select_related("basis", "notice")
    purposes = list(waiting.prefetch_related("needs", "departments"))
    resting_on = {purpose.notice_id for purpose in purposes}
    return purposes, list(
        versions_awaiting(actor).filter(notice_id__in=resting_on).order_by("notice_id", "-language")
    )


@transaction.atomic
def approve_defaults(actor: Actor, *, seen: Mapping[str, str], versions: Collection[UUID] = ()) -> Adoption:
    """The second of two people: approve what was listed, and put into use what can be used.

    `seen` gives for each key the digest of what was shown; an empty one skips that comparison.
    """
    for version_id in versions:
        noticing.approve_notice(actor, version_id=version_id)
    activated, waiting = [], {}
    for key, digest in seen.items():
        purpose = services.approve_purpose(actor, key=key, seen=digest)
        problem = services.why_not_active(purpose)
        if problem is None:
            services.activate_purpose(actor, key=key)
            activated.append(key)
        else:
            waiting[key] = problem.text
    return Adoption(tuple(activated), waiting)


@transaction.atomic
def adopt_defaults(
    drafter: Actor,
    approver: Actor,
    *,
    organisation: str,
    contact: str,
    departments: Departments | None = None,
    effective_on: date | None = None,
    folder: Path = pack.CURRENT,
) -> Adoption:
    """Both steps in one, for a set-up where the two people are at hand."""
    new = submit_defaults(
        drafter,
        organisation=organisation,
        contact=contact,
        departments=departments,
        effective_on=effective_on,
        folder=folder,
    )
    drafted = NoticeVersion.objects.filter(approved_at__isnull=True, drafted_by=drafter.pseudonym)
    return approve_defaults(
        approver, seen=dict.fromkeys(new, ""), versions=[version.id for version in drafted]
    )
