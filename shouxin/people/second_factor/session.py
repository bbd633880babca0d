"""What a browser session knows of the second factor: when it was proved last and how.

    second_factor           {"at": seconds, "by": totp | recovery | passkey | password}
    second_factor_pending   between password and second step: whose, since when, and the hash of their session then

Nobody is signed in while the second step is pending. Every step changes the session's key.
"""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.people.rules import may_sign_in
from shouxin.people.second_factor import rules
from shouxin.people.second_factor.proofs import PASSWORD

PROVED, PENDING = "second_factor", "second_factor_pending"


def note_proof(request: HttpRequest, kind: str) -> None:
    """Remember that the person proved themselves just now, under a new session key."""
    request.session[PROVED] = {"at": int(clock.now().timestamp()), "by": kind}
    request.session.cycle_key()


def has_passed(request: HttpRequest, staff: Staff) -> bool:
    """Whether the second step of this session is done, where the log-in has one."""
    proof: dict[str, Any] = request.session.get(PROVED, {})
    return staff.second_factor_at is None or bool(proof and proof["by"] != PASSWORD)


def is_fresh(request: HttpRequest, staff: Staff) -> bool:
    """Whether the last proof is young enough for a dangerous verb."""
    proof: dict[str, Any] = request.session.get(PROVED, {})
    if not proof or not has_passed(request, staff):
        return False
    return rules.is_fresh(datetime.fromtimestamp(proof["at"], UTC), clock.now())


def proved_at(request: HttpRequest, staff: Staff) -> datetime | None:
    """When this session last proved a real second factor; a password typed again is none."""
    proof: dict[str, Any] = request.session.get(PROVED, {})
    if staff.second_factor_at is None or not proof or proof["by"] == PASSWORD:
        return None
    return datetime.fromtimestamp(proof["at"], UTC)


def begin_second_step(request: HttpRequest, staff: Staff) -> None:
    """The password was right: the second step follows, in a session with a new key and nobody signed in."""
    request.session[PENDING] = {
        "staff": str(staff.id),
        "at": int(clock.now().timestamp()),
        "hash": staff.get_session_auth_hash(),
    }
    request.session.cycle_key()


def pending(request: HttpRequest) -> Staff | None:
    """Whose second step is due in this session, while it still is."""
    known: dict[str, Any] = request.session.get(PENDING, {})
    if not known:
        return None
    age = clock.now() - datetime.fromtimestamp(known["at"], UTC)
    staff = Staff.objects.filter(id=known["staff"]).first()
    if (
        staff is None
        or not may_sign_in(
            is_active=staff.is_active,
            has_department=staff.department_id is not None,
            roles=staff.roles,
        )
        or age > rules.PENDING_LASTS
        or not constant_time_compare(staff.get_session_auth_hash(), known["hash"])
    ):
        del request.session[PENDING]
        return None
    return staff


def forget_pending(request: HttpRequest) -> None:
    request.session.pop(PENDING, None)
