"""Telling people by mail that they were answered: noted with the answer, sent once, to a confirmed address alone.

The mail says a number and where to read; what was asked and answered stands behind the door. Nothing leaves for
somebody whose identity was not established, nor to the customer's address when somebody else asked for them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.ledger.entry import JSON
from shouxin.core.policy import Actor, service_actor
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
from shouxin.rights.cases.ending import Ending, endings
from shouxin.rights.cases.models import Case, Check, Kind, Requester, State
from shouxin.rulebook.purposes.queries import organisation_name
from shouxin.vault.errors import VaultError

PURPOSE = "individual_rights"
TELLER = service_actor("rights")
CUT_OFF = timedelta(minutes=2)  # what was claimed and not settled by then is never sent again
KEYS_AWAY = (VaultError, CryptoError, sealing.Unavailable, sealing.NotSealedHere)
TOLD = frozenset({State.ANSWERED.value, State.WATCHING.value})
BY_THEMSELVES = frozenset({Check.Method.PORTAL.value, Check.Method.PORTAL_TWICE.value})
OUT, WHY = Letter.Outcome, Letter.Reason
VERBS = {OUT.SENT: "told", OUT.UNCLEAR: "unclear"}
Said: TypeAlias = Mapping[str, JSON]


def note(_actor: Actor, case: Case, now: datetime) -> None:
    """Signed up with the end of cases: an answer waits for its mail, or says at once why there is none."""
    if case.state not in TOLD or case.customer_id is None or case.kind == Kind.INQUIRY:
        return
    known = case.verified_at is not None or case.checks.filter(method__in=BY_THEMSELVES).exists()
    made = Letter(case=case, customer_id=case.customer_id, noted_at=now)
    if not known:
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


def tell(*, now_is: Callable[[], datetime]) -> int:
    """Send every mail that waits; how many left. Cut off anywhere, nobody is told twice of the same answer."""
    now, sent = now_is(), 0
    for one in Letter.objects.filter(outcome=OUT.CLAIMED, claimed_at__lte=now - CUT_OFF):
        _settle(one, OUT.UNCLEAR, WHY.CUT_OFF, now)
    if messages.EMAIL not in direct.available():
        return 0  # they wait until mail is set up
    for waiting in list(
        Letter.objects.filter(outcome=OUT.WAITING).order_by("noted_at").values_list("id", flat=True)
    ):
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
        if row.outcome != OUT.WAITING:
            return None  # somebody else was faster
        try:
            with transaction.atomic():
                address, field = _address(row.customer_id, now)
        except gate.Refused:
            address, field, why = "", "", WHY.CLOSED
        except KEYS_AWAY:
            return None  # it waits
        else:
            why = WHY.ADDRESS
        if row.case.state not in TOLD:
            address, why = "", WHY.CHANGED
        customer = Customer.objects.get(id=row.customer_id)
        verdict = direct.judge(
            customer=customer, channel=messages.EMAIL, closed="", reachable=bool(address), now=now
        )
        if not address or verdict.word is not messages.Word.SEND:
            row.outcome, row.reason = OUT.LEFT_OUT, why if not address else WHY.CLOSED
            row.save(update_fields=["outcome", "reason"])
            _record(row)
            return None
        row.outcome, row.claimed_at = OUT.CLAIMED, now
        row.save(update_fields=["outcome", "claimed_at"])
    organisation = organisation_name()
    subject, body = wording.text(organisation, row.case.number, _link(row.case_id))
    return _Claim(
        row, Sent(str(row.id), messages.EMAIL, PURPOSE, organisation, subject, body, address), field
    )


def _address(customer: UUID, now: datetime) -> tuple[str, str]:
    """The person's own mail address, confirmed lately and nobody else's as well, and its field. Empty where there is
    none."""
    for one in finding.contacts_of(customer, now=now):
        if "@" in one.text and not one.stale:
            who = finding.holders(one.text, now=now)
            if [each.customer for each in who] == [customer] and not who[0].shared:
                return one.text, one.field
    return "", ""


def _link(case: UUID) -> str:
    """Where the answer is read; none where nobody named this installation's address."""
    return f"{settings.PUBLIC_ADDRESS}{reverse('my:request', args=[case])}" if settings.PUBLIC_ADDRESS else ""


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
        actor=TELLER, event=f"portal.answer_{verb}", customer=letter.customer_id, purpose=PURPOSE, data=data
    )


endings.register("portal.answers", Ending(lambda _case: None, note))
