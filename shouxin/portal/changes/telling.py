"""Telling people what was changed: bundled, once a day, to a contact that was theirs before, and never twice."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from shouxin.core import identifiers
from shouxin.core.crypto.errors import CryptoError
from shouxin.customers.messages import direct, suppressing
from shouxin.customers.messages import rules as messages
from shouxin.customers.messages.direct import Letter
from shouxin.customers.messages.drivers import Away, Carrier, TurnedDown, Unclear, carrier
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Customer, Kind
from shouxin.customers.registry.written import Written
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import clock, ids, sealing
from shouxin.kit.instances import insert
from shouxin.kit.statements import execute
from shouxin.portal.changes import reading, rules, tokens, wording
from shouxin.portal.changes.models import Change, Freeze, Notice, Outcome
from shouxin.portal.changes.reading import READER, Past
from shouxin.portal.changes.rules import Told
from shouxin.portal.entering import finding
from shouxin.portal.held.queries import PURPOSE
from shouxin.rulebook.purposes.queries import organisation_name
from shouxin.vault.errors import VaultError

_PEOPLE = "SELECT id FROM customers_customer WHERE id = ANY(%b::uuid[]) AND kind = %b"
KEYS_AWAY = (VaultError, CryptoError, sealing.Unavailable, sealing.NotSealedHere)


def note(written: Sequence[Written], _footing: Footing, now: datetime) -> None:
    """Signed up with the registry's writers: what others than the person changed waits for its notice."""
    known = rulebooks["rulebook"].fields()
    changes = [
        Change(customer_id=one.customer, field=key, by=one.by, at=now)
        for one in written
        if not one.created and one.by is not None and one.record == one.customer and one.by != one.customer
        for key in sorted(one.marks)
        if rules.is_watched(known.get(key))
    ]
    if not changes:
        return
    asked = (list({one.customer_id for one in changes}), Kind.PERSON.value)
    people = {customer for (customer,) in execute(_PEOPLE, asked)}
    insert([one for one in changes if one.customer_id in people])


@dataclass(frozen=True, slots=True)
class _Claim:
    notice: Notice
    letter: Letter
    at: datetime


def tell(*, now_is: Callable[[], datetime]) -> int:
    """Send every notice that is due; how many left. Cut off anywhere, nobody is told twice of the same change."""
    now = now_is()
    for cut in Notice.objects.filter(outcome=Outcome.CLAIMED, claimed_at__lte=now - rules.CUT_OFF):
        _settle(cut, Outcome.UNCLEAR, "cut-off")
    _release(now)
    sent = 0
    for customer in _due(now):
        try:
            claim = _claim(customer, now_is())
        except (gate.Refused, *KEYS_AWAY):
            continue  # they wait
        if claim is not None:
            try:
                sent += _hand_over(claim)
            except Away:
                break
    return sent


def _release(now: datetime) -> None:
    """What could not be told for want of mail or text messages is due again once one of them is set up."""
    channels = set(direct.available())
    left = Notice.objects.filter(
        outcome=Outcome.LEFT_OUT, reason__startswith=rules.NO_CHANNEL, claimed_at__gt=now - rules.WAITS
    )
    found = [row for row in left if rules.waits_for(row.reason) & channels] if channels else []
    for customer in sorted({row.customer_id for row in found}):
        theirs = [row.id for row in found if row.customer_id == customer]
        with transaction.atomic():
            Customer.objects.select_for_update(of=("self",)).get(id=customer)
            Change.objects.filter(notice__in=theirs).update(notice=None)
            Notice.objects.filter(id__in=theirs, outcome=Outcome.LEFT_OUT).delete()


def _due(now: datetime) -> list[UUID]:
    """Those whose changes settled, and who got no message within a day."""
    waiting = Change.objects.filter(notice__isnull=True, at__lte=now - rules.SETTLES)
    lately = Notice.objects.filter(claimed_at__gt=now - rules.APART).exclude(outcome=Outcome.LEFT_OUT)
    found = waiting.exclude(customer_id__in=lately.values("customer_id"))
    return sorted(set(found.values_list("customer_id", flat=True)))


def _claim(customer: UUID, now: datetime) -> _Claim | None:
    """Write the notice of all that waits for this customer, claimed with what it says; None when none leaves."""
    with transaction.atomic():
        row = Customer.objects.select_for_update(of=("self",)).get(id=customer)
        waiting = list(Change.objects.select_for_update().filter(customer_id=customer, notice__isnull=True))
        if not waiting or customer not in _due(now):
            return None  # somebody else was faster
        fields = {one.field for one in waiting}
        past = reading.past(customer=customer, record=customer, fields=fields | set(rules.CONTACTS), now=now)
        told = _told(waiting, past)
        contact, waits = _contact(customer, past, now) if told else (None, "")
        channel = rules.CONTACTS[contact.place] if contact else messages.EMAIL
        verdict = direct.judge(
            customer=row, channel=channel, closed="", reachable=contact is not None, now=now
        )
        notice = Notice(id=ids.new(), customer_id=customer, claimed_at=now, outcome=Outcome.LEFT_OUT)
        token = ""
        if not told or contact is None or verdict.word is not messages.Word.SEND:
            notice.reason = "unchanged" if not told else waits or verdict.code or "address.none"
        else:
            notice.outcome, notice.channel, notice.field = Outcome.CLAIMED, channel, contact.place
            notice.earlier = contact.earlier
            notice.address = suppressing.digests(messages.VALIDATOR[channel], [contact.text])[0]
            if contact.sure:
                token = tokens.new()
                notice.token_digest, notice.expires_at = tokens.digest(token), now + rules.LINK_LASTS
        notice.save(force_insert=True)
        Change.objects.filter(id__in=[one.id for one in waiting]).update(notice=notice)
        if notice.outcome == Outcome.LEFT_OUT:
            _record("portal.change_not_told", notice)
            return None
    organisation = organisation_name()
    if token:
        subject, body = wording.text(channel, organisation, told, _link(token), now)
    else:
        subject, body = wording.bare(channel, organisation, now)
    to = contact.text if contact else ""
    return _Claim(notice, Letter(str(notice.id), channel, PURPOSE, organisation, subject, body, to), now)


def _told(waiting: Collection[Change], past: Past) -> list[Told]:
    """What is different from before the first of the changes; what was put back meanwhile is no news."""
    first: dict[str, datetime] = {}
    for one in waiting:
        first[one.field] = min(one.at, first.get(one.field, one.at))
    found = []
    for key, moment in sorted(first.items()):
        rule = past.permit.fields.get(key)
        if rule is None:
            continue
        before, after = past.before(key, moment), past.now(key)
        if before != after:
            found.append(Told(rule, rules.masked(rule, before), rules.masked(rule, after)))
    return found


@dataclass(frozen=True, slots=True)
class _Contact:
    place: str
    earlier: bool  # it no longer stands there
    text: str = field(repr=False)
    stale: bool = False  # nobody confirmed it for long
    sure: bool = False  # theirs by all that is known: not stale, and nobody else has it on file


def _contact(customer: UUID, past: Past, now: datetime) -> tuple[_Contact | None, str]:
    """A contact that stood there before: first one that nobody changed lately, else what a changed one was before; one
    that surely is theirs before any that somebody else may have by now.

    Where there is one, but nothing set up by which to use it: why they are not told yet.
    """
    channels, without, doubtful = direct.available(), dict[str, None](), None
    for one in _possible(customer, past, now):
        channel = rules.CONTACTS[one.place]
        if not one.text or not identifiers.normalise(messages.VALIDATOR[channel], one.text):
            continue
        if channel not in channels:
            without[channel] = None
        elif one.stale or finding.others_have(one.text, customer, now=now):
            doubtful = doubtful or one
        else:
            return replace(one, sure=True), ""
    return doubtful, rules.NO_CHANNEL + ",".join(without) if without and not doubtful else ""


def _possible(customer: UUID, past: Past, now: datetime) -> list[_Contact]:
    """What stands there and nobody changed lately or denied, then what stood there before that."""
    since = _changed(customer, past, now)
    possible = [key for key in rules.CONTACTS if key in past.permit.fields]
    standing = [
        _Contact(key, earlier=False, text=past.now(key), stale=finding.is_stale(customer, key, now=now))
        for key in possible
        if key not in since
    ]
    former = [
        _Contact(
            key, earlier=True, text=past.before(key, since[key]), stale=_was_stale(past, key, since[key], now)
        )
        for key in possible
        if key in since
    ]
    return [*standing, *former]


def _changed(customer: UUID, past: Past, now: datetime) -> dict[str, datetime]:
    """The contacts that somebody else changed lately, or whose change the person denied; since when."""
    since: dict[str, datetime] = defaultdict(lambda: now)
    lately = Change.objects.filter(
        customer_id=customer, field__in=rules.CONTACTS, at__gt=now - rules.TRUSTED_AFTER
    )
    for key, at in lately.values_list("field", "at"):
        since[key] = min(at, since[key])
    for row in Freeze.objects.filter(record_id=customer, settled_at=None, since__isnull=False):
        for key in set(row.fields) & set(rules.CONTACTS) & set(past.permit.fields):
            since[key] = min(past.denied_since(key, row), since[key])
    return dict(since)


def _was_stale(past: Past, field: str, moment: datetime, now: datetime) -> bool:
    """Of a contact that stands there no longer: whether it was collected long ago."""
    last = past.since(field, moment)
    return last is None or finding.is_long_ago(clock.today(last), now=now)


def _link(token: str) -> str:
    """Where the person says that it was not them; none where nobody named this installation's address."""
    return f"{settings.PUBLIC_ADDRESS}{reverse('my:not_me', args=[token])}" if settings.PUBLIC_ADDRESS else ""


def _hand_over(claim: _Claim) -> int:
    by, notice = carrier(claim.letter.channel), claim.notice
    try:
        given = direct.hand_over(claim.letter, by)
    except TurnedDown as problem:
        _settle(notice, Outcome.FAILED, problem.code)
    except Unclear as problem:
        _settle(notice, Outcome.UNCLEAR, problem.code, by=by)
    except Away:
        with transaction.atomic():  # nothing was handed over: all of it waits for the next time
            mine = Notice.objects.select_for_update().filter(id=claim.notice.id, outcome=Outcome.CLAIMED)
            if mine.exists():
                Change.objects.filter(notice_id=claim.notice.id).update(notice=None)
                mine.delete()
        raise
    else:
        _settle(notice, Outcome.SENT, "", given, claim.at, by)
        return 1
    return 0


def _settle(
    notice: Notice,
    outcome: Outcome,
    reason: str,
    given: str = "",
    at: datetime | None = None,
    by: Carrier | None = None,
) -> None:
    with transaction.atomic():
        mine = Notice.objects.filter(id=notice.id, outcome=Outcome.CLAIMED)
        sent_at = at if outcome is Outcome.SENT else None
        if mine.update(outcome=outcome, reason=reason, sent_at=sent_at, provider_id=given) != 1:
            return
        notice.outcome = outcome
        told = "told" if notice.token_digest else "told_barely"
        verb = {Outcome.SENT: told, Outcome.UNCLEAR: "unclear"}.get(outcome, "not_told")
        _record(f"portal.change_{verb}", notice, by)


def _record(event: str, notice: Notice, by: Carrier | None = None) -> None:
    fields = sorted(set(notice.changes.values_list("field", flat=True)))
    data = {
        "notice": str(notice.id),
        "fields": fields,
        "channel": notice.channel or "none",
        **(by.said if by else {}),
    }
    journal.append(actor=READER, event=event, customer=notice.customer_id, purpose=PURPOSE, data=data)
