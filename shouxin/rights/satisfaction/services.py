"""A customer says how they were served, once; a bad score becomes a complaint in the supervisor's hands."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.people.models import Department
from shouxin.rights.cases import rules as cases
from shouxin.rights.cases import services as filing
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Kind
from shouxin.rights.cases.recording import PURPOSE, record
from shouxin.rights.satisfaction import queries
from shouxin.rights.satisfaction.keeping import REMARK
from shouxin.rights.satisfaction.models import ContactScore
from shouxin.vault import parcels


def score(*, actor: Actor, contact: UUID, score: int, now: datetime, remark: str = "") -> ContactScore:
    """Score one's own contact, once it is over.

    Raises:
        CaseProblem: not one's own, still going on, long over, scored before, or no such score.
    """
    if not 1 <= score <= cases.SCORES:
        raise CaseProblem("score.range")
    if len(remark) > cases.MOST_REMARK:
        raise CaseProblem("remark.length")
    served = next((one for one in queries.contacts_of(actor, now) if one.id == contact), None)
    if served is None or served.department is None:
        raise CaseProblem("contact.unknown")
    row = ids.new()
    key = parcels.new_key(row)
    said = remark.strip()
    with transaction.atomic():
        made = ContactScore(
            id=row,
            contact_id=contact,
            customer_id=actor.id,
            department=served.department,
            score=score,
            at=now,
            key_suite=key.suite.id,
            wrapped_key=key.wrapped,
            remark=key.seal(REMARK, said.encode()) if said else None,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise CaseProblem("case.rated") from None
        _record(actor, "scored", contact, score=score)
        if score <= cases.LOW:
            made.case = _complaint(actor, served.department, said, now)
            made.save(update_fields=["case"])
            _record(actor, "opened", contact)
    return made


def _complaint(actor: Actor, department: Department, said: str, now: datetime) -> Case:
    """In the supervisor's hands from the beginning, and never in those of the department."""
    asked = filing.Asked(
        Kind.COMPLAINT,
        Channel.PORTAL,
        Words(said or _("客户对这次接待评分很低，没有写原因。")),
        actor.id,
        accused=department.id if department.parent_id else None,
    )
    row = filing.file(actor=actor, asked=asked, now=now).case
    row.escalated = True
    row.save(update_fields=["escalated"])
    record(actor, "escalated", row)
    return row


def _record(actor: Actor, verb: str, contact: UUID, **more: int) -> None:
    journal.append(
        actor=actor,
        event=f"satisfaction.{verb}",
        customer=actor.id,
        purpose=PURPOSE,
        data={"contact": str(contact), **more},
    )
