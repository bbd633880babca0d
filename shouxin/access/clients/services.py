"""Proposing, deciding and ending API clients."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from shouxin.access.clients import queries, rules
from shouxin.access.clients.door import DOOR, token_key
from shouxin.access.clients.models import ApiClient, ClientReceipt, ClientState, ClientToken, TurnedAway
from shouxin.access.clients.rules import Wanted
from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.gate import facts
from shouxin.journal import services as journal
from shouxin.people import queries as people


class ClientProblem(Exception):
    """The client cannot be proposed or decided; `codes` name every reason."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def propose(*, actor: Actor, owner: UUID, department: UUID, wanted: Wanted, now: datetime) -> ApiClient:
    """Ask for an API client; it gets a token only when another person approves it."""
    actor.require(Permission.API_CLIENT_CREATE)
    if str(department) not in dict(queries.departments_for(actor)):
        raise ClientProblem("department.outside")
    if str(owner) not in dict(queries.owners_for(actor)):
        raise ClientProblem("owner.outside")
    known = {rule.key: rule for rule in queries.purposes()}
    if set(wanted.purposes) - set(known):
        raise ClientProblem("purposes.unknown")
    offered = rules.offered(facts.rules["rulebook"].fields(), [known[key] for key in wanted.purposes])
    found = rules.problems(wanted, offered, now)
    if found:
        raise ClientProblem(*found)
    with transaction.atomic():
        client = ApiClient.objects.create(
            name=wanted.name.strip(),
            owner_id=owner,
            department_id=department,
            purposes=sorted(set(wanted.purposes)),
            readable=sorted(set(wanted.readable)),
            clear=sorted(set(wanted.clear)),
            writable=sorted(set(wanted.writable)),
            addresses=sorted({one for text in wanted.addresses if (one := rules.network(text))}),
            per_minute=wanted.per_minute,
            daily_rows=wanted.daily_rows,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            reason=wanted.reason.strip(),
            proposed_by_id=actor.id,
            proposed_at=now,
        )
        _record(actor, "api_client.proposed", client)
    return client


def approve(*, actor: Actor, client: UUID, now: datetime) -> tuple[ApiClient, str]:
    """Put a proposed client in force. The token in the answer exists nowhere else and cannot be shown again."""
    token = rules.new_token(token_key())
    with transaction.atomic():
        found = _decidable(actor, client)
        if found.ends_at <= now:
            raise ClientProblem("dates.range")
        found.state, found.decided_by_id, found.decided_at = ClientState.APPROVED, actor.id, now
        found.save(update_fields=["state", "decided_by", "decided_at"])
        issue(found, token, asked_by=found.proposed_by_id, approved_by=actor.id, now=now)
        _record(actor, "api_client.approved", found)
    return found, token.text


def refuse(*, actor: Actor, client: UUID, note: str, now: datetime) -> ApiClient:
    """Turn a proposal down, saying why."""
    actor.require(Permission.API_CLIENT_APPROVE)
    if not note.strip():
        raise ClientProblem("note.missing")
    with transaction.atomic():
        found = _decidable(actor, client)
        found.state, found.decided_by_id, found.decided_at = ClientState.REFUSED, actor.id, now
        found.decision_note = note.strip()[:300]
        found.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
        _record(actor, "api_client.refused", found)
    return found


def withdraw(*, actor: Actor, client: UUID, now: datetime) -> ApiClient:
    """Take one's own proposal back before it is decided."""
    actor.require(Permission.API_CLIENT_CREATE)
    with transaction.atomic():
        found = _locked(client, ClientState.PROPOSED)
        if found.proposed_by_id != actor.id:
            raise ClientProblem("client.unknown")
        _close(actor, found, ClientState.WITHDRAWN, "api_client.withdrawn", now)
    return found


def end(*, actor: Actor, client: UUID, now: datetime) -> ApiClient:
    """End a client at once; its token opens nothing from the next request on."""
    actor.require(Permission.API_CLIENT_REVOKE)
    with transaction.atomic():
        found = _locked(client, ClientState.APPROVED)
        if found.owner_id != actor.id and not answers_for(actor, found):
            raise ClientProblem("client.unknown")
        _close(actor, found, ClientState.ENDED, "api_client.ended", now)
    return found


def lapse(*, actor: Actor, client: UUID, now: datetime) -> None:
    """End a client that was not confirmed when rights were reviewed; one that is over already stays as it is."""
    if actor.kind is not ActorKind.SERVICE:
        actor.require(Permission.ACCESS_REVIEW_CONFIRM)
    with transaction.atomic():
        found = ApiClient.objects.select_for_update().filter(id=client, state=ClientState.APPROVED).first()
        if found:
            _close(actor, found, ClientState.ENDED, "api_client.ended", now)


def end_owned(*, actor: Actor, owner: UUID, now: datetime) -> int:
    """End every client and proposal that a log-in answers for when it ends or moves, within the caller's transaction.

    That somebody leaves is decided in people, by whoever may; here nothing is left to decide. Gives how many.
    """
    waiting = ApiClient.objects.select_for_update(of=("self",)).select_related("owner")
    live = (ClientState.PROPOSED, ClientState.APPROVED)
    found = list(waiting.filter(owner_id=owner, state__in=live).order_by("id"))
    for client in found:
        if client.state == ClientState.PROPOSED:
            _close(actor, client, ClientState.WITHDRAWN, "api_client.withdrawn", now)
        else:
            _close(actor, client, ClientState.ENDED, "api_client.ended", now)
    return len(found)


def forget_old(*, now: datetime) -> int:
    """Forget answers to repeats after a month, refusals after three, and digests of tokens whose overlap is over."""
    with transaction.atomic():
        receipts, _ = ClientReceipt.objects.filter(at__lt=now - rules.RECEIPTS_KEPT).delete()
        refusals, _ = TurnedAway.objects.filter(last_at__lt=now - rules.TURNED_AWAY_KEPT).delete()
        over = ClientToken.objects.filter(ended_at__isnull=True, until__lte=now)
        over.update(digest=None, ended_at=F("until"))
        if receipts + refusals:
            journal.append(
                actor=DOOR,
                event="api_client.tidied",
                data={"receipts": receipts, "turned_away": refusals},
            )
    return receipts + refusals


def _close(actor: Actor, found: ApiClient, state: ClientState, event: str, now: datetime) -> None:
    by = None if actor.kind is ActorKind.SERVICE else actor.id
    found.state, found.ended_at, found.ended_by_id = state, now, by
    found.save(update_fields=["state", "ended_at", "ended_by"])
    found.tokens.filter(ended_at__isnull=True).update(digest=None, ended_at=now, ended_by=by)
    _record(actor, event, found)


def _decidable(actor: Actor, client: UUID) -> ApiClient:
    """The proposal, locked, when `actor` may decide it and stands apart from proposer and owner."""
    actor.require(Permission.API_CLIENT_APPROVE)
    found = _locked(client, ClientState.PROPOSED)
    if people.same_person(actor.id, found.proposed_by_id) or people.same_person(actor.id, found.owner_id):
        raise ClientProblem("approver.same-person")
    return found


def issue(
    client: ApiClient, token: rules.Token, *, asked_by: UUID, approved_by: UUID, now: datetime
) -> ClientToken:
    """Keep what is kept of a new token; the caller checks, journals and shows it once."""
    return ClientToken.objects.create(
        client=client,
        prefix=token.prefix,
        digest=token.digest,
        last_four=token.last_four,
        issued_at=now,
        asked_by_id=asked_by,
        approved_by_id=approved_by,
    )


def answers_for(actor: Actor, client: ApiClient) -> bool:
    return bool(actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN}) or (
        Role.HEAD in actor.roles and client.department_id in actor.department_ids
    )


def _locked(client: UUID, state: ClientState) -> ApiClient:
    found = ApiClient.objects.select_for_update().filter(id=client).first()
    if found is None:
        raise ClientProblem("client.unknown")
    if found.state != state:
        raise ClientProblem("client.decided-already")
    return found


def _record(actor: Actor, event: str, client: ApiClient) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={
            "client": str(client.pseudonym),
            "purposes": list(client.purposes),
            "readable": list(client.readable),
            "clear": list(client.clear),
            "writable": list(client.writable),
            "per_minute": client.per_minute,
            "daily_rows": client.daily_rows,
            "from": client.starts_at,
            "until": client.ends_at,
            "owner": str(client.owner.pseudonym),
        },
    )
