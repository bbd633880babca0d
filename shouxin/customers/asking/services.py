"""Writing down at the counter what a person decided, with the signed sheet where there is one."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, PurposeRule
from shouxin.core.text import Text
from shouxin.customers.attachments import services as attachments
from shouxin.customers.attachments.content import ContentProblem
from shouxin.customers.attachments.papers import kind_of
from shouxin.customers.attachments.services import AttachmentProblem, NewFile
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Decision
from shouxin.customers.consents.services import How
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Method
from shouxin.gate.limits import day_of

SCAN_PROBLEMS = {
    "scanner.away": Text("病毒扫描暂不可用，没有保存。", "The virus scanner is away; nothing was saved."),
    "virus.found": Text("扫描件含有病毒，没有保存。", "The scan holds a virus; nothing was saved."),
    "storage.away": Text("文件存储暂不可用，没有保存。", "The file store is away; nothing was saved."),
    "paper.not-for-purpose": Text(
        "您可用的处理目的都不收附件，请部门负责人在履约等目的中登记扫描件。",
        "None of your purposes takes files; ask the head of the department to add the scan.",
    ),
}


class ScanProblem(Exception):
    """The signed sheet could not be kept, so nothing was written down."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A signed sheet as it was scanned, and for which purpose it is kept. Its name is personal data like the rest."""

    name: str
    content: bytes
    purpose: PurposeRule


def write_down(
    *,
    actor: Actor,
    customer: UUID,
    shown: str,
    ticked: frozenset[str],
    how: How,
    now: datetime,
    sheet: Sheet | None = None,
    kept: frozenset[str] = frozenset(),
) -> Decision:
    """As `consents.decide`; the signed sheet, where there is one, is kept sealed with the customer.

    Raises:
        ConsentProblem: as `consents.decide`.
        ScanProblem: the sheet is no file that is kept, or cannot be now.
        Refused: the sheet may not be kept for its purpose (journalled).
    """
    if sheet is None:
        return consents.decide(
            actor=actor, customer=customer, shown=shown, ticked=ticked, how=how, now=now, kept=kept
        )
    kind = kind_of(sheet.purpose)
    if kind is None:
        raise ScanProblem(SCAN_PROBLEMS["paper.not-for-purpose"])
    file = NewFile(kind, sheet.name, sheet.content)
    footing = Footing(sheet.purpose.key, Channel.SERVICE, Method.PAPER, paper_on=day_of(now))
    try:
        # Before anything is stored: what is recorded about a virus would be rolled back with the rest.
        attachments.check_for_viruses(
            actor=actor, purpose=footing.purpose, file=file, now=now, customer=customer
        )
        with transaction.atomic():
            stored = attachments.attach(actor=actor, footing=footing, customer=customer, file=file, now=now)
            return consents.decide(
                actor=actor,
                customer=customer,
                shown=shown,
                ticked=ticked,
                how=replace(how, paper=stored.id),
                now=now,
                kept=kept,
            )
    except ContentProblem as problem:
        raise ScanProblem(problem.text) from None
    except AttachmentProblem as problem:
        raise ScanProblem(SCAN_PROBLEMS[problem.code]) from None
