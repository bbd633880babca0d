"""The log-in itself: who may pass the one door, and what passing, failing and leaving write into the journal."""

from collections.abc import Callable
from uuid import UUID

from axes.utils import reset
from django.contrib.auth import authenticate
from django.contrib.auth.backends import BaseBackend
from django.db import transaction
from django.http import HttpRequest

from shouxin.core.policy import Actor
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.kit.registry import Registry
from shouxin.people import queries, rules
from shouxin.people.guarding import watching as guard
from shouxin.people.models import Staff
from shouxin.people.second_factor import queries as factors
from shouxin.people.second_factor import services as second_factor
from shouxin.people.second_factor.proofs import Code
from shouxin.people.second_factor.services import Outcome

TERMINAL = "127.0.0.1"  # the address of whoever sits at the server itself


def may_sign_in(staff: Staff) -> bool:
    return rules.may_sign_in(
        is_active=staff.is_active, has_department=staff.department_id is not None, roles=staff.roles
    )


class Away(Exception):
    """What checks this log-in's password outside cannot be reached; `name` is what people call it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


# Who checks the password of a log-in that comes in by one connection alone, by the connection's kind.
outside_passwords: Registry[Callable[[Staff, str], bool]] = Registry("passwords checked outside")


def checked_outside(staff: Staff, password: str) -> bool:
    """Whether the log-in's own connection accepts the password; kinds without passwords accept none.

    Raises:
        Away: it cannot be reached. Nothing else opens the log-in.
    """
    check = outside_passwords.get(staff.only_through.kind) if staff.only_through else None
    return check is not None and check(staff, password)


class StaffBackend(BaseBackend):
    """User name and password; a log-in that lost its department or its roles loses its sessions too."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: object,
    ) -> Staff | None:
        """The log-in, if name and password are right and it may sign in."""
        if not username or not password:
            return None
        staff = Staff.objects.filter(user_name__iexact=Staff.normalize_username(username)).first()
        if staff is None or guard.closed_to(request, staff):
            Staff().set_password(password)  # takes as long as checking one, so that time tells no names
            return None
        right = staff.check_password(password) and staff.only_through_id is None
        if staff.only_through_id is not None and may_sign_in(staff):
            right = checked_outside(staff, password)
        return staff if right and may_sign_in(staff) else None

    def get_user(self, user_id: UUID | str) -> Staff | None:
        """The log-in of a session, as long as it may sign in."""
        staff = Staff.objects.select_related("department").filter(pk=user_id).first()
        return staff if staff is not None and may_sign_in(staff) else None


def name_of_credentials(request: HttpRequest, credentials: dict[str, str] | None = None) -> str | None:
    """The user name as the lock counts it, so that changing case or width gives no further tries."""
    given = credentials or {}  # the lock itself asks under the model's name of the field
    name = given.get("username") or given.get(Staff.USERNAME_FIELD) or request.POST.get("username")
    return Staff.normalize_username(name).strip().casefold()[:255] if name else None


class NotSignedIn(Exception):
    """These credentials do not open anything here.

    `code`: wrong_password, locked, first_password, factor_missing (not typed), factor_wrong, factor_first (to be set
    up at the console), keys_away, outside_away (what checks the password cannot be reached).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def at_terminal(*, user_name: str, password: str, ask_code: Callable[[], str] = str) -> Actor:
    """Who typed name and password at the server's command line: the door's backends, its lock and its traces.

    `ask_code` is called for the second factor where the log-in has one.

    Raises:
        NotSignedIn: one answer for every wrong pair, so that nobody learns which names exist.
    """
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = TERMINAL
    failures = queries.recent_failures(address=TERMINAL, since=clock.now() - rules.LOCK_LASTS)
    spent = rules.address_is_spent(failures)
    try:
        staff = None if spent else authenticate(request, username=user_name, password=password)
    except Away:
        record_failure(user_name=user_name, cause="outside_away")
        raise NotSignedIn("outside_away") from None
    if not isinstance(staff, Staff):
        code = "locked" if spent or getattr(request, "axes_locked_out", False) else "wrong_password"
        record_failure(user_name=user_name, cause=code)
        raise NotSignedIn(code)
    if staff.must_change_password:
        raise NotSignedIn("first_password")
    actor = queries.actor_of(staff)
    _second_step(actor, staff, ask_code)
    reset(ip=TERMINAL, username=name_of_credentials(request, {"username": user_name}))
    record_sign_in(actor=actor)
    return actor


_OUTCOMES = {
    Outcome.WRONG: "factor_wrong",
    Outcome.LOCKED: "locked",
    Outcome.UNAVAILABLE: "keys_away",
}


def _second_step(actor: Actor, staff: Staff, ask_code: Callable[[], str]) -> None:
    if factors.must_set_up(staff):
        raise NotSignedIn("factor_first")
    if staff.second_factor_at is None:
        return
    typed = ask_code()
    if not typed.strip():
        raise NotSignedIn("factor_missing")
    outcome = second_factor.prove(actor=actor, proof=Code(typed), address=TERMINAL, place="terminal")
    if outcome is not Outcome.PASSED:
        raise NotSignedIn(_OUTCOMES[outcome])


@transaction.atomic
def record_sign_in(*, actor: Actor) -> None:
    """Write down a successful sign-in."""
    journal.append(actor=actor, event="staff.signed_in")


@transaction.atomic
def record_sign_out(*, actor: Actor) -> None:
    """Write down that somebody left by the door."""
    journal.append(actor=actor, event="staff.signed_out")


@transaction.atomic
def record_session_end(*, actor: Actor, cause: str) -> None:
    """Write down that a session was ended by its limits."""
    journal.append(actor=actor, event="staff.session_ended", data={"cause": cause})


@transaction.atomic
def record_failure(*, user_name: str, cause: str) -> None:
    """Write down a failed sign-in: under the pseudonym when the name exists, else under the door's own actor."""
    staff = Staff.objects.filter(user_name__iexact=Staff.normalize_username(user_name).strip()).first()
    actor = queries.SIGN_IN if staff is None else queries.actor_of(staff)
    journal.append(actor=actor, event="staff.sign_in_failed", data={"cause": cause})
