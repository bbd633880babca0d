"""Every write to the register of recipients: entered, changed, retired."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.jurisdictions import HOME
from shouxin.rulebook.recipients import listeners, rules
from shouxin.rulebook.recipients.models import Recipient

P = Permission


@transaction.atomic
def enter_recipient(actor: Actor, **content: Any) -> Recipient:
    """Enter a company to which purposes may give information.

    Raises:
        Refused: something the law wants told is not said, or it is entered already.
    """
    actor.require(P.RULEBOOK_RECIPIENT_WRITE)
    row = Recipient(entered_by=actor.pseudonym, entered_at=clock.now(), **_said(content))
    _save(row)
    journal.append(actor=actor, event="recipient.entered", data={"recipient": str(row.id)})
    return row


@transaction.atomic
def change_recipient(actor: Actor, *, recipient: UUID, **content: Any) -> Recipient:
    """Write it anew; while a purpose stands by it, only how it is reached.

    Raises:
        Refused: retired, named by what is in use, incomplete, or another has that name.
    """
    actor.require(P.RULEBOOK_RECIPIENT_WRITE)
    row = _locked(recipient)
    said = _said(content)
    changed = sorted(name for name, value in said.items() if getattr(row, name) != value)
    if not changed:
        return row
    if not rules.REACHED.issuperset(changed) and (users := named_by(row.id)):
        raise rules.in_use(users)
    for name in changed:
        setattr(row, name, said[name])
    _save(row)
    journal.append(
        actor=actor, event="recipient.changed", data={"recipient": str(row.id), "attributes": changed}
    )
    return row


@transaction.atomic
def retire_recipient(actor: Actor, *, recipient: UUID, reason: str) -> Recipient:
    """No purpose may name it from now on; drafts that do are held back at their submission.

    Raises:
        Refused: retired already, no reason given, or named by what is in use.
    """
    actor.require(P.RULEBOOK_RECIPIENT_WRITE)
    row = _locked(recipient)
    if not reason.strip():
        raise Refused("reason.missing", Text("请填写理由。", "Give a reason."))
    if users := named_by(row.id):
        raise rules.in_use(users)
    row.retired_by, row.retired_at = actor.pseudonym, clock.now()
    row.save(update_fields=["retired_by", "retired_at"])
    journal.append(actor=actor, event="recipient.retired", data={"recipient": str(row.id)})
    return row


def named_by(recipient: UUID) -> list[str]:
    """The names of what is in use, or being approved, and names it."""
    return [name for users in listeners.users.values() for name in users(recipient)]


def _said(content: dict[str, Any]) -> dict[str, Any]:
    """What was typed, trimmed; `kinds` in one order, so that the same is the same.

    Raises:
        Refused: incomplete.
    """
    content = {**rules.AT_HOME, **content}
    if stray := set(content) ^ set(rules.CONTENT):
        raise TypeError(f"not what a recipient is made of: {', '.join(sorted(stray))}")
    said = {**content, **{name: str(content[name]).strip() for name in rules.TEXTS}}
    said["kinds"] = sorted(set(content["kinds"]))
    if said["country"] == HOME:
        said |= rules.AT_HOME  # nothing more is told of a company at home
    if problem := rules.whole(said):
        raise problem
    return said


def _save(row: Recipient) -> None:
    row.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:
        if "rulebook_recipient_once" in str(problem):
            raise rules.TAKEN from None
        raise


def _locked(recipient: UUID) -> Recipient:
    row = Recipient.objects.select_for_update().filter(id=recipient).first()
    if row is None:
        raise rules.UNKNOWN
    if row.retired_at is not None:
        raise rules.OVER
    return row
