"""Telling people that they were answered, or will be later: noted with it, sent once, to a confirmed contact alone.

The message says a number and where to read; what was asked and answered stands behind the door. Nothing leaves for
somebody whose identity was not established, nor to the customer's contact when somebody else asked for them. Of an
answer and of an extension a mail or a text message tells, and whoever deals with the request is asked to write by post
where neither can leave, until they say that they did.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.ledger.entry import JSON
from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.customers.messages import direct
from shouxin.customers.messages import rules as messages
from shouxin.customers.messages.direct import Letter as Sent
from shouxin.customers.messages.drivers import Away, TurnedDown, Unclear, carrier
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.kit import sealing
from shouxin.portal.answers import wording
from shouxin.portal.answers.models import Letter
from shouxin.portal.entering import finding
from shouxin.portal.entering.closing import closes
from shouxin.rights.cases.ending import Ending, endings, extensions
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import OPEN, Case, Check, Kind, Requester, State
from shouxin.rights.cases.rules import EXTENSIONS
from shouxin.rulebook.purposes.queries import organisation_name
from shouxin.vault.errors import VaultError

PURPOSE = "individual_rights"
TELLER = service_actor("rights")
CUT_OFF = timedelta(minutes=2)  # what was claimed and not settled by then is never sent again
STUCK = timedelta(days=1)  # an extension that a server does not take for so long is written by post
KEYS_AWAY = (VaultError, CryptoError, sealing.Unavailable, sealing.NotSealedHere)
TOLD = frozenset({State.ANSWERED.value, State.WATCHING.value})
BY_THEMSELVES = frozenset({Check.Method.PORTAL.value, Check.Method.PORTAL_TWICE.value})
OUT, WHY, ABOUT = Letter.Outcome, Letter.Reason, Letter.About
BY_POST = frozenset(
    {OUT.LEFT_OUT.value, OUT.FAILED.value, OUT.UNCLEAR.value}
)  # where an extension is to be told
EVENTS = {ABOUT.ANSWER: "answer", ABOUT.EXTENSION: "extension"}
VERBS = {OUT.SENT: "told", OUT.UNCLEAR: "unclear"}
Said: TypeAlias = Mapping[str, JSON]


def note(_actor: Actor, case: Case, now: datetime) -> None:
    """Signed up with the end of cases: an answer waits for its mail, or says at once why there is none."""
    if case.state in TOLD and case.customer_id is not None and case.kind != Kind.INQUIRY:
        _note(case, ABOUT.ANSWER, now)


def note_extension(_actor: Actor, case: Case, now: datetime) -> None:
    """Signed up with extensions: the person is to be told, or somebody to write to them."""
    if case.kind != Kind.INQUIRY:
        _note(case, ABOUT.EXTENSION, now)


def _note(case: Case, about: Letter.About, now: datetime) -> None:
    known = case.verified_at is not None or case.checks.filter(method__in=BY_THEMSELVES).exists()
    made = Letter(case=case, customer_id=case.customer_id, about=about, noted_at=now)
    if case.customer_id is None or not known:
        made.outcome, made.reason = OUT.LEFT_OUT, WHY.IDENTITY
    elif case.requester != Requester.SELF:
        made.outcome, made.reason = OUT.LEFT_OUT, WHY.OTHER
    made.save(force_insert=True)
    if made.reason:
        _record(made)


@dataclass(frozen=True, slots=True)
class _Claim:
    letter: Letter
    sent: Sent
    field: str  # of the address


def to_write(now: datetime) -> QuerySet[Letter]:
    """Of what somebody has to write by post: no message left, or none leaves for a day, and nobody wrote yet.

    Extensions of open requests; answers that whoever asked reads nowhere else. Whoever asked for somebody else gets the
    answer by a code to the contact they left, and nothing is sent to whom nobody could identify.
    """
    stuck = Q(outcome__in=[OUT.WAITING, OUT.CLAIMED], noted_at__lte=now - STUCK)
    longer = Q(about=ABOUT.EXTENSION, case__state__in=OPEN)
    unread = Q(about=ABOUT.ANSWER, case__state__in=TOLD, case__score=None) & ~Q(
        reason__in=[WHY.IDENTITY, WHY.OTHER]
    )
    later = Letter.objects.filter(
        case=OuterRef("case"), about=OuterRef("about"), noted_at__gt=OuterRef("noted_at")
    )
    rows = Letter.objects.filter(longer | unread, ~Exists(later), posted_at=None)
    rows = rows.exclude(reason__in=[WHY.ANSWERED, WHY.CHANGED])
    return rows.filter(Q(outcome__in=BY_POST) | stuck).select_related("case").order_by("id")


def posted(*, actor: Actor, letter: UUID, now: datetime) -> Letter:
    """Whoever deals with the request wrote to the person, or gave it to them: nothing is sent any more.

    Raises:
        CaseProblem: not theirs to deal with, or there is nothing to write of.
    """
    actor.require(Permission.RIGHTS_CASE_HANDLE)
    with transaction.atomic():
        row = Letter.objects.select_for_update(of=("self",)).select_related("case").filter(id=letter).first()
        if row is None or row.case.handler_id != actor.id:
            raise CaseProblem("case.not-yours")
        if not to_write(now).filter(id=letter).exists():
            raise CaseProblem("case.step")
        row.posted_at = now
        if row.outcome == OUT.WAITING:
            row.outcome, row.reason = OUT.LEFT_OUT, WHY.CHANNEL
        row.save(update_fields=["posted_at", "outcome", "reason"])
        journal.append(
            actor=actor,
            event=f"portal.{EVENTS[ABOUT(row.about)]}_posted",
            customer=row.customer_id,
            purpose=PURPOSE,
            data={"case": str(row.case_id)},
        )
    return row


def tell(*, now_is: Callable[[], datetime]) -> int:
    """Send everything that waits; how many left. Cut off anywhere, nobody is told twice of the same."""
    now, sent = now_is(), 0
    for one in Letter.objects.filter(outcome=OUT.CLAIMED, claimed_at__lte=now - CUT_OFF):
        _settle(one, OUT.UNCLEAR, WHY.CUT_OFF, now)
    due = Letter.objects.filter(outcome=OUT.WAITING)
    if not direct.available():
        due = due.exclude(about=ABOUT.ANSWER)  # these wait for it, too, while somebody is asked to write
    for waiting in list(due.order_by("noted_at").values_list("id", flat=True)):
        claim = _claim(waiting, now_is())
        if claim is not None:
            try:
                sent += _hand_over(claim, now_is())
            except Away:
                break
    return sent


def _claim(letter: UUID, now: datetime) -> _Claim | None:
    """Claimed with the address it goes to; None when none leaves."""
    with transaction.atomic():
        row = Letter.objects.select_for_update(of=("self",)).select_related("case").get(id=letter)
        if row.outcome != OUT.WAITING or row.customer_id is None:
            return None  # somebody else was faster
        past = _overtaken(row)
        try:
            found, why = (None, past) if past else _reach(row.customer_id, now)
        except KEYS_AWAY:
            return None  # it waits
        if found is None:
            row.outcome, row.reason = OUT.LEFT_OUT, why
            row.save(update_fields=["outcome", "reason"])
            _record(row)
            return None
        row.outcome, row.claimed_at = OUT.CLAIMED, now
        row.save(update_fields=["outcome", "claimed_at"])
    organisation = organisation_name()
    subject, body = _words(row, found.channel, organisation)
    sent = Sent(str(row.id), found.channel, PURPOSE, organisation, subject, body, found.text)
    return _Claim(row, sent, found.place)


def _reach(customer: UUID, now: datetime) -> "tuple[_Found | None, Letter.Reason]":
    """The contact by which they are told now, or why there is none."""
    ways = direct.available()
    try:
        with transaction.atomic():
            found = _contact(customer, ways, now)
    except gate.Refused:
        return None, WHY.CLOSED
    if found is None:
        return None, WHY.ADDRESS if ways else WHY.CHANNEL
    person = Customer.objects.get(id=customer)
    verdict = direct.judge(customer=person, channel=found.channel, closed="", reachable=True, now=now)
    return (found if verdict.word is messages.Word.SEND else None), WHY.CLOSED


def _overtaken(row: Letter) -> Letter.Reason | None:
    """Why it is no news any more."""
    if row.about == ABOUT.ANSWER:
        return None if row.case.state in TOLD else WHY.CHANGED
    return None if row.case.state in OPEN else WHY.ANSWERED


def _words(row: Letter, channel: str, organisation: str) -> tuple[str, str]:
    case, closed = row.case, closes(row.case)
    link = _address(reverse("my:follow") if closed else reverse("my:request", args=[case.id]))
    if row.about == ABOUT.EXTENSION:
        why = EXTENSIONS.get(case.extension)
        return wording.later(channel, organisation, case.number, link, case.due_on, why)
    return wording.text(channel, organisation, case.number, link, closed=closed)


@dataclass(frozen=True, slots=True)
class _Found:
    place: str  # the field it stands in
    channel: str
    text: str = field(repr=False)


def _contact(customer: UUID, ways: Collection[str], now: datetime) -> _Found | None:
    """The person's own contact by one of `ways`, confirmed lately and nobody else's as well."""
    for one in finding.contacts_of(customer, now=now):
        channel = messages.EMAIL if "@" in one.text else messages.SMS
        if channel in ways and not one.stale:
            who = finding.holders(one.text, now=now)
            if [each.customer for each in who] == [customer] and not who[0].shared:
                return _Found(one.field, channel, one.text)
    return None


def _address(path: str) -> str:
    """Where it is read; none where nobody named this installation's address."""
    return f"{settings.PUBLIC_ADDRESS}{path}" if settings.PUBLIC_ADDRESS else ""


def _hand_over(claim: _Claim, now: datetime) -> int:
    by = carrier(claim.sent.channel)
    said = {"fields": [claim.field], "channel": claim.sent.channel, **by.said}
    try:
        given = direct.hand_over(claim.sent, by)
    except TurnedDown:
        _settle(claim.letter, OUT.FAILED, WHY.REFUSED, now)
    except Unclear:
        _settle(claim.letter, OUT.UNCLEAR, WHY.CUT_OFF, now, said=said)
    except Away:
        Letter.objects.filter(id=claim.letter.id, outcome=OUT.CLAIMED).update(
            outcome=OUT.WAITING, claimed_at=None
        )
        raise
    else:
        _settle(claim.letter, OUT.SENT, "", now, given, said)
        return 1
    return 0


def _settle(
    letter: Letter,
    outcome: Letter.Outcome,
    reason: str,
    now: datetime,
    given: str = "",
    said: Said = MappingProxyType({}),
) -> None:
    with transaction.atomic():
        mine = Letter.objects.filter(id=letter.id, outcome=OUT.CLAIMED)
        sent_at = now if outcome is OUT.SENT else None
        if mine.update(outcome=outcome, reason=reason, sent_at=sent_at, provider_id=given[:100]) != 1:
            return
        letter.outcome, letter.reason = outcome, reason
        _record(letter, said)


def _record(letter: Letter, said: Said = MappingProxyType({})) -> None:
    """`said`: which contact was used, and who carried it."""
    verb = VERBS.get(OUT(letter.outcome), "not_told")
    data = {
        "case": str(letter.case_id),
        **({"letter_reason": letter.reason} if letter.reason else {}),
        **(said if verb in VERBS.values() else {}),
    }
    journal.append(
        actor=TELLER,
        event=f"portal.{EVENTS[ABOUT(letter.about)]}_{verb}",
        customer=letter.customer_id,
        purpose=PURPOSE,
        data=data,
    )


endings.register("portal.answers", Ending(lambda _case: None, note))
extensions.register("portal.answers", note_extension)
