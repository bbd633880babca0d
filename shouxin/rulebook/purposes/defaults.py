"""The product's default purposes and notice: proposals of a rule pack, adopted by two people or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.people.models import Department
from shouxin.rulebook.catalogue import pack
from shouxin.rulebook.catalogue.models import Pack
from shouxin.rulebook.purposes import services
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose, PurposeField

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
    _draft_notices(actor, delivered, organisation, contact, effective_on or timezone.localdate())
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
    return tuple(row["key"] for row in new)


def _draft_notices(
    actor: Actor, delivered: pack.RulePack, organisation: str, contact: str, effective_on: date
) -> None:
    for row in delivered.rows("notices"):
        if NoticeVersion.objects.filter(notice_id=row["key"], language=row["language"]).exists():
            continue
        services.draft_notice(
            actor,
            key=row["key"],
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            language=row["language"],
            text=delivered.text(row["file"]).format(organisation=organisation, contact=contact),
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
    """Adopt the pack's default notice and purposes: one person drafts and submits, the other approves and activates."""
    new = draft_defaults(
        drafter,
        organisation=organisation,
        contact=contact,
        departments=departments,
        effective_on=effective_on,
        folder=folder,
    )
    for version in NoticeVersion.objects.filter(approved_at__isnull=True, drafted_by=drafter.pseudonym):
        services.approve_notice(approver, version_id=version.id)
    activated, waiting = [], {}
    for key in new:
        services.submit_purpose(drafter, key=key)
        services.approve_purpose(approver, key=key)
        problem = services.why_not_active(Purpose.objects.get(key=key))
        if problem is None:
            services.activate_purpose(approver, key=key)
            activated.append(key)
        else:
            waiting[key] = problem.text
    return Adoption(tuple(activated), waiting)
