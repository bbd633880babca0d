"""Who must have a second factor, how long a proof is fresh, how many guesses there are."""

from collections.abc import Collection
from datetime import datetime, timedelta

from shouxin.core.policy import Role

# The officer and every administrator, whatever the organisation chooses (GB/T 22239-2019 8.1.4.1 d).
MANDATORY = frozenset({Role.OFFICER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
CHOOSABLE = tuple(role for role in Role if role not in MANDATORY)

FRESH_FOR = timedelta(minutes=10)
# Between the right password and the second step.
PENDING_LASTS = timedelta(minutes=5)

TOTP_PERIOD = 30
TOTP_TOLERANCE = 1  # steps: clocks of phones are seldom off by more
TOTP_DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_DIGITS = 10
FEW_LEFT = 3

# Of a million codes three are right at a time: at five guesses a quarter of an hour somebody who also has the
# password succeeds with less than 0.2 % a day, and every lock stands in the journal. An address may fail more often,
# because many people can stand behind it.
ACCOUNT_LIMIT = 5
ADDRESS_LIMIT = 30
LOCK_LASTS = timedelta(minutes=15)
FAILURES_KEPT = timedelta(days=1)


def is_mandatory(roles: Collection[str]) -> bool:
    """Whether one of these roles always needs a second factor."""
    return any(role.value in roles for role in MANDATORY)


def is_fresh(proved: datetime, now: datetime) -> bool:
    """Whether a proof still counts for a dangerous verb; one from the future does not."""
    return timedelta(0) <= now - proved <= FRESH_FOR


def totp_steps(now: datetime) -> range:
    """The time steps whose codes are accepted now."""
    step = int(now.timestamp()) // TOTP_PERIOD
    return range(step - TOTP_TOLERANCE, step + TOTP_TOLERANCE + 1)


def is_locked(*, of_account: int, of_address: int) -> bool:
    """Whether these recent failures allow no further guess."""
    return of_account >= ACCOUNT_LIMIT or of_address >= ADDRESS_LIMIT


def shown(code: str) -> str:
    """A recovery code as people read and copy it."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"
