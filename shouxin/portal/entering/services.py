"""Asking for a code, typing it, coming in by an invitation, going out: one function per verb.

Whoever asks does not exist for the product yet: what they type is looked up by a job, so that a request takes the same
words, statements and time whoever is known. The job acts as the named service `send_code`.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from shouxin.core.policy import customer_actor
from shouxin.customers.messages import codes
from shouxin.customers.quality.codes import SENDER
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.kit import ids, sealing
from shouxin.people.guarding import queries as guard
from shouxin.people.guarding import services as guarding
from shouxin.portal.entering import channels, closing, finding, rules
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.models import Challenge, Session, Way
from shouxin.portal.entering.secrets import USE, unseal
from shouxin.rulebook.purposes.queries import organisation_name

SEND = "portal.send_code"


@dataclass(frozen=True, slots=True)
class Entered:
    """The token of the new session; empty while another detail is asked for."""

    token: str = ""


def ask(*, typed: str, address: str, now: datetime) -> str:
    """Somebody asks for a code; gives the token that their browser keeps until they have typed it.

    Raises:
        EntryProblem: too many tries from this network, or no keys; never whether anybody was found.
    """
    asked = rules.tidied(typed)[: rules.LONGEST_TYPED]
    if not asked:
        raise EntryProblem("typed.empty")
    _open_to(address, now)
    guarding.portal_asked(address=address, now=now)
    token, row = rules.new_token(), ids.new()
    sealed = _sealed(row, asked)
    with transaction.atomic():
        _wait(row, _digest("portal identifier", rules.recognised(asked)), now, token, identifier=sealed)
    return token


def ask_again(*, session: Session, now: datetime) -> None:
    """Whoever is in asks for a second code, to see values in clear.

    Raises:
        EntryProblem: no way to send one.
    """
    if not channels.offered():
        raise EntryProblem("codes.not-offered")
    with transaction.atomic():
        if _second(session, now) is None:
            raise EntryProblem("contact.none")
        Challenge.objects.filter(session=session, used_at__isnull=True).update(
            code_digest=None, expires_at=now
        )
        digest = _digest("portal again", str(session.customer_id))
        _wait(ids.new(), digest, now, customer_id=session.customer_id, session=session)


def ask_for(*, case: UUID, contact: str, address: str, now: datetime) -> None:
    """Whoever follows a request made for somebody else asks for a code, sent to the contact they left with it.

    Raises:
        EntryProblem: too many tries from this network, no keys, or nothing that a code can be sent to.
    """
    asked = rules.tidied(contact)[: rules.LONGEST_TYPED]
    _open_to(address, now)
    if not asked or channels.for_contact(asked) is None:
        raise EntryProblem("contact.left")
    guarding.portal_asked(address=address, now=now)
    row = ids.new()
    left = _sealed(row, asked)
    with transaction.atomic():
        earlier = Challenge.objects.filter(case_id=case, used_at__isnull=True)
        earlier.update(code_digest=None, identifier=None, expires_at=now)
        digest = _digest("portal identifier", rules.recognised(asked))
        _wait(row, digest, now, identifier=left, case_id=case)


def answer_for(*, case: UUID, code: str, address: str, now: datetime) -> None:
    """The code that went to the contact left with a request.

    Raises:
        EntryProblem: not the code, or it is over.
    """
    _open_to(address, now)
    with transaction.atomic():
        row = _open_challenge("", now, session=None, proved=False, case=case)
        right = _try(row, code) if row else False
        if row:
            verb, more = ("case_proved", {}) if right else ("code_wrong", {"tries": row.tries})
            journal.append(actor=SENDER, event=f"portal.{verb}", data={"case": str(case), **more})
        if row and right:
            _close(row, now, used=True)
    if not right:
        guarding.portal_failed(address=address, now=now)
        raise EntryProblem("code.wrong" if row and row.tries < rules.TRIES else "code.over")


def send(*, challenge: UUID, now: datetime) -> None:
    """Look up what was typed and send a code there, if that is anybody's; done by a job, once."""
    with transaction.atomic():
        row = (
            Challenge.objects.select_for_update(of=("self",))
            .select_related("session")
            .filter(id=challenge, sent_at=None, expires_at__gt=now)
            .first()
        )
        if row is None or not _within_limit(row, now):
            return
        contacts = _judged(row, now)
        to = contacts[0].text if contacts else _left(row, now)
        channel = channels.for_contact(to) if to else None
        if channel is None:
            return
        code = rules.new_code()
        if contacts:
            row.customer_id = contacts[0].customer if len(contacts) == 1 else None
            row.attribute = len(contacts) > 1 or contacts[0].stale or contacts[0].shared
        row.code_digest, row.sent_at, row.way = _code_digest(row.id, code), now, channel.way
        row.save(update_fields=["customer_id", "attribute", "code_digest", "sent_at", "way"])
        by = channel.carrier()
        data = {"sending": str(row.id), "channel": channel.way.value, **by.said}
        if row.case_id is not None:
            data["case"] = str(row.case_id)
            journal.append(actor=SENDER, event="portal.case_code_sent", data=data)
        told = [(one.customer, {**data, "fields": [one.field]}) for one in contacts]
        if told:
            journal.append_many(actor=SENDER, event="portal.code_sent", rows=told)
    said = {
        "organisation": organisation_name(),
        "code": code,
        "minutes": str(int(rules.CODE_LASTS.total_seconds() // 60)),
    }
    try:
        channel.deliver(to, said, str(row.id), by)
    except codes.NotSent:
        with transaction.atomic():
            Challenge.objects.filter(id=row.id).update(code_digest=None)
            whose: list[UUID | None] = [one.customer for one in contacts] or [None]
            not_taken = [(one, {"sending": str(row.id)}) for one in whose]
            journal.append_many(actor=SENDER, event="portal.code_not_taken", rows=not_taken)


def answer(*, token: str, code: str, address: str, now: datetime) -> Entered:
    """The code that came; in at once, or asked for one more detail where the contact alone does not do.

    Raises:
        EntryProblem: not the code, or it is over; the same whether one was ever sent.
    """
    _open_to(address, now)
    with transaction.atomic():  # a wrong try must count, so nothing is raised inside
        row = _open_challenge(token, now, session=None, proved=False)
        right = _try(row, code) if row else False
        if row and not right:
            journal.append(
                actor=SENDER, event="portal.code_wrong", customer=row.customer_id, data={"tries": row.tries}
            )
        entered = Entered()
        if row and right and row.attribute:
            row.proved_at, row.code_digest, row.tries = now, None, 0
            row.save(update_fields=["proved_at", "code_digest", "tries"])
        elif row and right and row.customer_id:
            _close(row, now, used=True)
            entered = Entered(_begin(row.customer_id, Way(row.way), now))
    if not right:
        guarding.portal_failed(address=address, now=now)
        raise EntryProblem("code.wrong" if row and row.tries < rules.TRIES else "code.over")
    return entered


def answer_attribute(*, token: str, typed: str, address: str, now: datetime) -> Entered:
    """The detail that only the owner of a shared or long unconfirmed contact knows.

    Raises:
        EntryProblem: it does not match exactly one of those who have the contact, or the tries are used up.
    """
    _open_to(address, now)
    with transaction.atomic():
        row = _open_challenge(token, now, session=None, proved=True)
        if row and _guessed_at(row, now):
            _close(row, now)
            row = None
        holders = _contacts(row, now) if row else []
        matching = [one.customer for one in holders if finding.knows(one.customer, typed, now=now)]
        if row and len(matching) == 1:
            _close(row, now, used=True)
            return Entered(_begin(matching[0], Way(row.way), now))
        if row:
            row.tries += 1
            row.save(update_fields=["tries"])
            journal.append(
                actor=SENDER,
                event="portal.attribute_wrong",
                customer=row.customer_id,
                data={"tries": row.tries},
            )
            if row.tries >= rules.TRIES:
                _close(row, now)
    guarding.portal_failed(address=address, now=now)
    raise EntryProblem("attribute.wrong" if row and row.tries < rules.TRIES else "attribute.over")


def answer_again(*, session: Session, code: str, address: str, now: datetime) -> None:
    """The second code: values may be seen in clear for the next minutes.

    Raises:
        EntryProblem: not the code, or it is over.
    """
    _open_to(address, now)
    with transaction.atomic():
        row = _open_challenge("", now, session=session, proved=False)
        right = _try(row, code) if row else False
        actor = customer_actor(session.customer_id)
        if row and right:
            _close(row, now, used=True)
            Session.objects.filter(id=session.id).update(
                second_factor_at=now, second_apart=row.way != session.way
            )
            journal.append(actor=actor, event="portal.proved_again", customer=session.customer_id)
        elif row:
            journal.append(
                actor=SENDER, event="portal.code_wrong", customer=row.customer_id, data={"tries": row.tries}
            )
    if not right:
        guarding.portal_failed(address=address, now=now)
        raise EntryProblem("code.wrong" if row and row.tries < rules.TRIES else "code.over")


def leave(*, session: Session, now: datetime) -> None:
    """The customer goes; the token opens nothing any more."""
    with transaction.atomic():
        if Session.objects.filter(id=session.id, ended_at=None).update(ended_at=now):
            actor = customer_actor(session.customer_id)
            journal.append(actor=actor, event="portal.signed_out", customer=session.customer_id)


def tidy(*, now: datetime) -> int:
    """Forget what was typed as soon as it is over, and old rows after a while; how many rows went."""
    with transaction.atomic():
        Challenge.objects.filter(expires_at__lte=now, identifier__isnull=False).update(identifier=None)
        count = Challenge.objects.filter(made_at__lt=now - rules.KEPT).delete()[0]
        count += Session.objects.filter(started_at__lt=now - rules.KEPT).delete()[0]
        if count:
            journal.append(actor=SENDER, event="portal.tidied", data={"count": count})
    return count


def begin(customer: UUID, way: Way, now: datetime) -> str:
    """A session of somebody who proved who they are; within the caller's transaction."""
    return _begin(customer, way, now)


def _begin(customer: UUID, way: Way, now: datetime) -> str:
    token = rules.new_token()
    Session.objects.create(
        id=ids.new(),
        token_digest=rules.digest_of(token),
        customer_id=customer,
        way=way,
        started_at=now,
        seen_at=now,
    )
    journal.append(
        actor=customer_actor(customer), event="portal.signed_in", customer=customer, data={"way": way.value}
    )
    return token


def _open_to(address: str, now: datetime) -> None:
    if guard.portal_closed_to(address=address, now=now):
        raise EntryProblem("address.closed")


def _key() -> bytes:
    return str(settings.SECRET_KEY).encode()


def _digest(use: str, whom: str) -> str:
    """By what limits count and jobs follow each other."""
    return rules.keyed(_key(), use, whom).hex()[:32]


def _sealed(row: UUID, typed: str) -> bytes:
    try:
        return sealing.seal(USE, row, typed.encode())
    except sealing.Unavailable:
        raise EntryProblem("keys.away") from None


def _wait(row: UUID, digest: str, now: datetime, token: str = "", **about: Any) -> None:
    """A challenge that waits for its code, which a job sends; in the caller's transaction."""
    Challenge.objects.create(
        id=row,
        token_digest=rules.digest_of(token or rules.new_token()),
        identifier_digest=digest,
        made_at=now,
        expires_at=now + rules.CODE_LASTS,
        **about,
    )
    app.configure_task(SEND, queue="portal", lock=f"portal-{digest}").defer(challenge=str(row))


def _code_digest(row: UUID, code: str) -> bytes:
    return rules.keyed(_key(), "portal code", str(row), code)


def _left(row: Challenge, now: datetime) -> str:
    """What was left with a request that is followed; nobody's contact on file."""
    left = unseal(row) if row.case_id and row.identifier else ""
    channel = channels.for_contact(left) if left else None
    if channel is None or codes.judge(customer=None, channel=channel.way, place=None, now=now):
        return ""
    return left


def _judged(row: Challenge, now: datetime) -> list[finding.Contact]:
    """Who may be sent the code, as the gate of messages says of each at this moment. What it holds back is journalled,
    and counts as often as a code that left, so that nobody fills the journal by asking.
    """
    found = _contacts(row, now, denied_too=True)
    # Whoever denies a contact locks whose it is: of the two, the second sees the first.
    whose = {one.customer for one in found} | {one.profile for one in found}
    held_rows = Customer.objects.select_for_update(of=("self",), no_key=True).filter(id__in=whose)
    people = {one.id: one for one in held_rows.order_by("id")}
    able, held = list[finding.Contact](), list[tuple[UUID, dict[str, Any]]]()
    for one in found:
        channel = channels.for_contact(one.text)
        if channel is None:
            continue
        place = (one.profile, one.field)
        why = codes.judge(customer=people[one.customer], channel=channel.way, place=place, now=now)
        if why:
            data = {"sending": str(row.id), "channel": channel.way.value, "fields": [one.field]}
            held.append((one.customer, {**data, "held_back": why}))
        else:
            able.append(one)
    if row.session is not None:
        best = _best(able, row.session)
        able, held = ([best], []) if best else ([], held)
    if held:
        row.sent_at = now
        row.save(update_fields=["sent_at"])
        journal.append_many(actor=SENDER, event="portal.code_held_back", rows=held)
    return able


def _contacts(row: Challenge, now: datetime, *, denied_too: bool = False) -> list[finding.Contact]:
    """Who has the contact on file; nobody when so many share it that it tells nothing."""
    if row.case_id is not None:
        return []
    if row.session is not None:
        return finding.contacts_of(row.session.customer_id, now=now, denied_too=denied_too)
    holders = finding.holders(unseal(row), now=now, denied_too=denied_too) if row.identifier else []
    if len(holders) > rules.MOST_CUSTOMERS:
        return []
    closed = closing.closed([one.customer for one in holders])
    return [one for one in holders if one.customer not in closed]


def _within_limit(row: Challenge, now: datetime) -> bool:
    """So many codes an hour to one contact; its jobs follow each other, so that two count as two."""
    times = Challenge.objects.filter(
        identifier_digest=row.identifier_digest, sent_at__gt=now - rules.DAY
    ).values_list("sent_at", flat=True)
    lately = sum(at is not None and at > now - rules.WITHIN for at in times)
    return len(times) < rules.PER_DAY and lately < rules.PER_IDENTIFIER


def _second(session: Session, now: datetime) -> finding.Contact | None:
    """Where a second code would go now."""
    return _best(finding.contacts_of(session.customer_id, now=now), session)


def _best(contacts: Sequence[finding.Contact], session: Session) -> finding.Contact | None:
    """What was confirmed lately, and is reached by another way than the first code, where there is one."""
    found = [
        (one.stale, channel.way == session.way, one)
        for one in contacts
        if (channel := channels.for_contact(one.text))
    ]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _guessed_at(row: Challenge, now: datetime) -> bool:
    """Whether so many wrong details were typed for this contact lately that only an invitation helps."""
    lately = Challenge.objects.filter(
        identifier_digest=row.identifier_digest, proved_at__isnull=False, made_at__gt=now - rules.KEPT
    )
    return sum(lately.values_list("tries", flat=True)) >= rules.DETAILS


def _open_challenge(
    token: str, now: datetime, *, session: Session | None, proved: bool, case: UUID | None = None
) -> Challenge | None:
    found = Challenge.objects.select_for_update(of=("self",)).filter(
        expires_at__gt=now, used_at=None, proved_at__isnull=not proved, session=session, tries__lt=rules.TRIES
    )
    found = found.filter(case_id=case)
    if session is None and case is None:
        found = found.filter(token_digest=rules.digest_of(token))
    return found.order_by("-made_at").first()


def _try(row: Challenge, code: str) -> bool:
    """Compare, and count what is wrong; where no code was ever sent, with something nobody can type."""
    kept = bytes(row.code_digest) if row.code_digest else secrets.token_bytes(32)
    if hmac.compare_digest(kept, _code_digest(row.id, "".join(code.split()))):
        return True
    row.tries += 1
    if row.tries >= rules.TRIES:
        row.code_digest, row.identifier = None, None
    row.save(update_fields=["tries", "code_digest", "identifier"])
    return False


def _close(row: Challenge, now: datetime, *, used: bool = False) -> None:
    row.code_digest, row.identifier = None, None
    row.used_at = now if used else None
    row.expires_at = now if not used else row.expires_at
    row.save(update_fields=["code_digest", "identifier", "used_at", "expires_at"])
