"""What somebody may show as a second factor. Each kind says whether it holds for a log-in, and uses itself up.

`holds` runs inside `services.prove`, which has locked the log-in: of two equal codes at once one comes first.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from shouxin.people.models import Staff
from shouxin.people.second_factor import adapter, rules

TOTP, RECOVERY, PASSKEY, PASSWORD = "totp", "recovery", "passkey", "password"
LAST = "last_step"  # in the authenticator's data: codes of this step and earlier ones are used up


class Copied(Exception):
    """A passkey that was used elsewhere meanwhile: two hold the same key."""


class Proof(Protocol):
    """Something shown at the second step."""

    @property
    def kind(self) -> str: ...

    def holds(self, staff: Staff, now: datetime) -> bool:
        """Whether it proves that this is `staff`; true once for whatever may be used only once.

        Raises:
            Copied: it is right, and somebody else has it too.
        """


def step_of(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The time step whose code this is, if it is accepted now and later than `after`."""
    for step in rules.totp_steps(now):
        expected = format_hotp_value(hotp_value(secret, step))
        if compare_user_code(actual=code, expected=expected) and step > after:
            return step
    return None


@dataclass(frozen=True, slots=True)
class Code:
    """What was typed: six digits are of the authenticator app, everything else is a recovery code."""

    typed: str = field(repr=False)

    @property
    def kind(self) -> str:
        return TOTP if len(normalize_user_code(self.typed)) <= rules.TOTP_DIGITS else RECOVERY

    def holds(self, staff: Staff, now: datetime) -> bool:
        if not self.typed.strip():
            return False
        return self._of_app(staff, now) if self.kind == TOTP else self._of_recovery(staff, now)

    def _of_app(self, staff: Staff, now: datetime) -> bool:
        row = Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).first()
        if row is None:
            return False
        with adapter.of(staff.id):
            secret = adapter.SealingAdapter().decrypt(row.data["secret"])
        step = step_of(secret, self.typed, after=row.data.get(LAST, -1), now=now)
        if step is None:
            return False
        row.data[LAST], row.last_used_at = step, now
        row.save(update_fields=["data", "last_used_at"])
        return True

    def _of_recovery(self, staff: Staff, now: datetime) -> bool:
        row = Authenticator.objects.filter(user=staff, type=Authenticator.Type.RECOVERY_CODES).first()
        if row is None:
            return False
        with adapter.of(staff.id):
            found = bool(RecoveryCodes(row).validate_code(self.typed))
        if found:
            Authenticator.objects.filter(id=row.id).update(last_used_at=now)
        return found


@dataclass(frozen=True, slots=True)
class Password:
    """Where a log-in has no second factor: its password once more."""

    typed: str = field(repr=False)
    kind: str = PASSWORD

    def holds(self, staff: Staff, now: datetime) -> bool:  # noqa: ARG002 - the protocol's
        return staff.second_factor_at is None and staff.check_password(self.typed)
