"""Paper forms entered later: with the date on the paper, and the scan kept sealed with the customer."""

from datetime import date, datetime
from uuid import UUID

from shouxin.core.policy import Actor, PurposeRule
from shouxin.customers.attachments import services as attachments
from shouxin.customers.attachments.content import ContentProblem
from shouxin.customers.attachments.papers import kind_of as kind_of  # noqa: PLC0414 - what a paper is kept as
from shouxin.customers.attachments.services import AttachmentProblem, NewFile
from shouxin.customers.collection import rules
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.registry.entries import Footing


def check(
    actor: Actor,
    purpose: PurposeRule,
    scan: NewFile | None,
    paper_on: date | None,
    *,
    form: UUID,
    now: datetime,
) -> None:
    """A paper needs its date, neither of the future nor before its form, and a scan without a virus.

    Raises:
        SubmissionProblem: what is missing or wrong; a virus stands in the journal.
    """
    if paper_on is None:
        raise SubmissionProblem("paper.no-date")
    since = forms.first_published(form)
    wrong = rules.why_not_on_paper(paper_on, today=rules.day_of(now), since=rules.day_of(since or now))
    if wrong:
        raise SubmissionProblem(wrong)
    if kind_of(purpose) is None:
        raise SubmissionProblem("paper.not-for-purpose")
    if scan is None:
        raise SubmissionProblem("paper.no-scan")
    try:
        # Before anything is stored; within the transaction of the form what is recorded would be rolled back with it.
        attachments.check_for_viruses(actor=actor, purpose=purpose.key, file=scan, now=now)
    except AttachmentProblem as problem:
        raise SubmissionProblem(problem.code) from None


def attach(*, actor: Actor, footing: Footing, customer: UUID, scan: NewFile, now: datetime) -> UUID:
    """Keep the scan sealed with the customer, in the transaction that stores the form; the attachment's id.

    Raises:
        SubmissionProblem: it is no file of a kind that is kept, or the storage is away.
    """
    try:
        row = attachments.attach(actor=actor, footing=footing, customer=customer, file=scan, now=now)
    except ContentProblem as problem:
        raise SubmissionProblem("scan.refused", said=problem.text) from None
    except AttachmentProblem as problem:
        raise SubmissionProblem(problem.code) from None
    return row.id
