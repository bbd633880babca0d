"""Setting up, proving, renewing, removing and resetting second factors: check, change, record, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import IntegrityError, transaction

from shouxin.core.ledger.entry import JSON
from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import clock, sealing
from shouxin.people.guarding import services as guarding
from shouxin.people.models import FactorDemand, FactorFailure, FactorReset, Staff
from shouxin.people.second_factor import adapter, proofs, queries, rules
from shouxin.people.services import PeopleError

KEYS_AWAY = Text(
    "密钥服务暂不可用，无法核对动态码和恢复码。请稍后再试，或联系系统管理员。",
    "The key service is away, so codes cannot be checked now. Try again later or ask a system administrator.",
)


class Outcome(StrEnum):
    """What became of a proof."""

    PASSED = "passed"
    WRONG = "wrong"
    LOCKED = "locked"
    UNAVAILABLE = "unavailable"  # no keys: nothing was checked, and no guess was counted


@transaction.atomic
def prove(*, actor: Actor, proof: proofs.Proof, address: str, place: str) -> Outcome:
    """Check a second factor of `actor`, use it up, and count failures; one guess at a time per log-in.

    `place` says where it was asked for: sign_in, verb, terminal.
    """
    staff, now = _locked(actor.id), clock.now()
    if queries.is_locked(staff_id=staff.id, address=address, now=now):
        return Outcome.LOCKED  # journalled when it began; guesses against a lock do not fill the journal
    data: dict[str, JSON] = {"factor": proof.kind, "place": place}
    try:
        with transaction.atomic():
            holds = proof.holds(staff, now)
    except sealing.Unavailable:
        return Outcome.UNAVAILABLE
    except sealing.NotSealedHere:
        holds = False  # somebody moved or altered the sealed secret; it opens nothing
    except proofs.Copied:
        holds = False  # nobody can tell which of the two is the owner's
        journal.append(actor=actor, event="factor.copied", data=data)
        guarding.passkey_copied(staff=staff, now=now)
    if holds:
        FactorFailure.objects.filter(staff=staff).delete()
        journal.append(actor=actor, event="factor.proved", data=data)
        return Outcome.PASSED
    return _failed(actor, staff, address, data, now)


@transaction.atomic
def check_password(*, actor: Actor, typed: str, address: str) -> Outcome:
    """The old password before a new one is taken: whoever sits at an open page has no more guesses than at the door."""
    staff, now = _locked(actor.id), clock.now()
    if queries.is_locked(staff_id=staff.id, address=address, now=now):
        return Outcome.LOCKED
    if staff.check_password(typed):
        return Outcome.PASSED
    return _failed(actor, staff, address, {"factor": proofs.PASSWORD, "place": "verb"}, now)


def _failed(actor: Actor, staff: Staff, address: str, data: dict[str, JSON], now: datetime) -> Outcome:
    FactorFailure.objects.filter(at__lt=now - rules.FAILURES_KEPT).delete()
    FactorFailure.objects.create(staff=staff, address=address, at=now)
    journal.append(actor=actor, event="factor.failed", data=data)
    if address:
        guarding.sign_in_failed(address=address, account=staff.id, now=now)
    if not queries.is_locked(staff_id=staff.id, address=address, now=now):
        return Outcome.WRONG
    journal.append(actor=actor, event="factor.locked", data=data)
    guarding.factor_guessed(staff=staff, now=now)
    return Outcome.LOCKED


@transaction.atomic
def set_up_totp(*, actor: Actor, secret: str, code: str) -> list[str]:
    """Take an authenticator app into use, or a new one in place of the old; gives recovery codes when there were none.

    Raises:
        PeopleError: the code is not one of this secret's, or there are no keys to seal it with.
    """
    staff, now = _locked(actor.id), clock.now()
    step = proofs.step_of(secret, code, after=-1, now=now)
    if step is None:
        raise PeopleError(
            "wrong_code",
            Text(
                "动态码不正确。请确认手机时间准确，输入应用中当前显示的 6 位数字。",
                "The code is not right. See that the phone's clock is right and type the six digits shown now.",
            ),
        )
    Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).delete()
    with _keys(staff):
        row = TOTP.activate(staff, secret).instance
    row.data[proofs.LAST], row.last_used_at = step, now
    row.save(update_fields=["data", "last_used_at"])
    return _added(actor, staff, proofs.TOTP, now)


@transaction.atomic
def set_up_passkey(*, actor: Actor, name: str, credential: dict[str, Any]) -> list[str]:
    """Keep a passkey whose ceremony was just completed; gives recovery codes when there were none."""
    staff = _locked(actor.id)
    WebAuthn.add(staff, name.strip()[:60], credential)
    return _added(actor, staff, proofs.PASSKEY, clock.now())


def _added(actor: Actor, staff: Staff, factor: str, now: datetime) -> list[str]:
    journal.append(actor=actor, event="factor.added", data={"factor": factor})
    codes: list[str] = []
    if not Authenticator.objects.filter(user=staff, type=Authenticator.Type.RECOVERY_CODES).exists():
        codes = _new_codes(staff)
    if staff.second_factor_at is None:
        staff.second_factor_at = now
        staff.save(update_fields=["second_factor_at"])
    return codes


def _new_codes(staff: Staff) -> list[str]:
    with _keys(staff):
        return [str(code) for code in RecoveryCodes.activate(staff).generate_codes()]


@transaction.atomic
def renew_recovery_codes(*, actor: Actor) -> list[str]:
    """New recovery codes; the earlier ones stop working."""
    staff = _locked(actor.id)
    if staff.second_factor_at is None:
        raise PeopleError("no_factor", Text("请先设置二次认证。", "Set up a second factor first."))
    Authenticator.objects.filter(user=staff, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = _new_codes(staff)
    journal.append(actor=actor, event="factor.codes_renewed")
    return codes


@transaction.atomic
def remove(*, actor: Actor, factor: int) -> Staff:
    """Remove one of one's own second factors; not the last one of somebody who must have one."""
    staff = _locked(actor.id)
    factors = {one.id: one for one in queries.factors_of(staff.id)}
    if factor not in factors:
        raise PeopleError("unknown", Text("没有这个二次认证。", "There is no such second factor."))
    last = len(factors) == 1
    if last and queries.is_required(staff):
        raise PeopleError(
            "last_factor",
            Text(
                "您的角色必须二次认证，不能移除最后一个。请先设置另一个。",
                "Your role needs a second factor, so the last one stays. Set up another first.",
            ),
        )
    Authenticator.objects.filter(id=factor, user=staff).delete()
    if last:
        _clear(staff)
    journal.append(actor=actor, event="factor.removed", data={"factor": factors[factor].kind})
    return staff


def _clear(staff: Staff) -> None:
    Authenticator.objects.filter(user=staff).delete()
    FactorFailure.objects.filter(staff=staff).delete()
    staff.second_factor_at = None  # part of the session hash: every session of the log-in ends
    staff.save(update_fields=["second_factor_at"])


@transaction.atomic
def demand(*, actor: Actor, role: Role) -> FactorDemand:
    """Let a role need a second factor from now on; officer and administrators always do."""
    actor.require(Permission.PEOPLE_FACTOR_DEMAND)
    _check_choosable(role)
    row, _new = FactorDemand.objects.update_or_create(
        role=role.value,
        defaults={
            "required": True,
            "changed_by_id": actor.id,
            "changed_at": clock.now(),
            "release_asked_by": None,
            "release_asked_at": None,
        },
    )
    journal.append(actor=actor, event="factor.demanded", data={"role": role.value})
    return row


@transaction.atomic
def ask_release(*, actor: Actor, role: Role) -> FactorDemand:
    """Ask that a role need no second factor any more; it goes on needing one until another person agrees."""
    actor.require(Permission.PEOPLE_FACTOR_DEMAND)
    _check_choosable(role)
    row = FactorDemand.objects.select_for_update().filter(role=role.value, required=True).first()
    if row is None:
        raise PeopleError("not_demanded", Text("该角色本来就可不设。", "This role needs none as it is."))
    row.release_asked_by_id, row.release_asked_at = actor.id, clock.now()
    row.save(update_fields=["release_asked_by", "release_asked_at"])
    journal.append(actor=actor, event="factor.release_asked", data={"role": role.value})
    return row


@transaction.atomic
def decide_release(*, actor: Actor, role: Role, agree: bool) -> FactorDemand:
    """Agree that a role needs no second factor, or leave it as it is: never whoever asked, under whichever log-in."""
    actor.require(Permission.PEOPLE_FACTOR_CONFIRM)
    FactorDemand.objects.select_for_update().filter(role=role.value).first()
    row = FactorDemand.objects.select_related("release_asked_by").filter(role=role.value).first()
    if row is None or not queries.may_release(actor=actor, demand=row):
        raise PeopleError(
            "not_yours_to_release",
            Text(
                "没有等待您确认的变更；须由提出人之外的人确认。",
                "Nothing waits for you here; it takes somebody else than who asked.",
            ),
        )
    row.release_asked_at = None
    if agree:
        row.required, row.changed_by_id, row.changed_at = False, actor.id, clock.now()
    else:
        row.release_asked_by = None
    row.save()
    event = "factor.released" if agree else "factor.release_refused"
    journal.append(actor=actor, event=event, data={"role": role.value})
    return row


def _check_choosable(role: Role) -> None:
    if role in rules.MANDATORY:
        raise PeopleError(
            "mandatory",
            Text(
                "个人信息保护负责人和管理员始终必须二次认证。",
                "The officer and administrators always need a second factor.",
            ),
        )


@transaction.atomic
def ask_reset(*, actor: Actor, staff_id: UUID, reason: str) -> FactorReset:
    """Ask that a lost second factor be reset; nothing happens until somebody else confirms.

    The actor is a system administrator, or the operator at the server's command line.
    """
    actor.require(Permission.PEOPLE_FACTOR_RESET)
    staff = _locked(staff_id)
    asker = Staff.objects.filter(id=actor.id).first()
    if asker is not None and asker.person == staff.person:
        raise PeopleError(
            "own_factor",
            Text(
                "不能为自己申请重置。请由另一位系统管理员办理，或在服务器上运行 shouxin second-factor reset。",
                "You cannot ask for your own. Another system administrator can, or shouxin second-factor reset "
                "on the server.",
            ),
        )
    if not staff.is_active or staff.second_factor_at is None:
        raise PeopleError(
            "no_factor", Text("该登录名没有设置二次认证。", "This log-in has no second factor.")
        )
    if not reason.strip():
        raise PeopleError("no_reason", Text("请说明重置的原因。", "Say why it is to be reset."))
    try:
        with transaction.atomic():
            reset = FactorReset.objects.create(
                staff=staff, reason=reason.strip(), asked_by=asker, asked_at=clock.now()
            )
    except IntegrityError as error:
        raise PeopleError(
            "waiting", Text("已有一个重置在等待确认。", "A reset is waiting to be confirmed already.")
        ) from error
    journal.append(
        actor=actor, event="factor.reset_asked", data={"staff": staff.pseudonym, "reset": reset.id}
    )
    return reset


@transaction.atomic
def confirm_reset(*, actor: Actor, reset_id: UUID) -> FactorReset:
    """Let a lost second factor go: its owner sets up a new one at the next sign-in; their sessions end now."""
    reset = _decided(actor, reset_id, FactorReset.State.DONE)
    _clear(_locked(reset.staff_id))
    _record_decision(actor, "factor.reset_done", reset)
    return reset


@transaction.atomic
def refuse_reset(*, actor: Actor, reset_id: UUID) -> FactorReset:
    """Leave the second factor as it is."""
    reset = _decided(actor, reset_id, FactorReset.State.REFUSED)
    _record_decision(actor, "factor.reset_refused", reset)
    return reset


def _decided(actor: Actor, reset_id: UUID, state: FactorReset.State) -> FactorReset:
    actor.require(Permission.PEOPLE_FACTOR_CONFIRM)
    # The row lock lets the second of two decisions wait, then find the first.
    FactorReset.objects.select_for_update().get(id=reset_id)
    reset = FactorReset.objects.select_related("staff", "asked_by").get(id=reset_id)
    if reset.state != FactorReset.State.WAITING:
        raise PeopleError("decided", Text("该重置已处理。", "This reset has been decided already."))
    if not queries.may_decide(actor=actor, reset=reset):
        raise PeopleError(
            "same_person",
            Text(
                "须由申请人和本人之外的人确认。",
                "It takes somebody who neither asked nor is the person concerned.",
            ),
        )
    reset.state, reset.decided_by_id, reset.decided_at = state, actor.id, clock.now()
    reset.save(update_fields=["state", "decided_by", "decided_at"])
    return reset


def _record_decision(actor: Actor, event: str, reset: FactorReset) -> None:
    data = {"staff": reset.staff.pseudonym, "reset": reset.id}
    journal.append(actor=actor, event=event, data=data)


def _locked(staff_id: UUID) -> Staff:
    return Staff.objects.select_for_update().get(id=staff_id)


@contextmanager
def _keys(staff: Staff) -> Iterator[None]:
    """Within: secrets are those of `staff`; without keys, a refusal that says so."""
    try:
        with adapter.of(staff.id):
            yield
    except sealing.Unavailable:
        raise PeopleError("keys_away", KEYS_AWAY) from None
