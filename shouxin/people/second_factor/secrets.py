"""Where secrets of second factors are kept sealed: allauth's rows, and for minutes the session of who sets one up."""

import base64
import binascii
from collections.abc import Iterator
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from shouxin.core.text import Text
from shouxin.kit import clock, sealing
from shouxin.people.second_factor import adapter, enrolment

# By kind, under which name allauth keeps the secret in the row's data; passkeys keep a public key alone.
KINDS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def _decoded(text: object) -> bytes:
    """The sealed bytes; nothing where somebody put something else, which then opens for nobody."""
    try:
        return base64.b64decode(text) if isinstance(text, str) else b""
    except binascii.Error:
        return b""


def _kept() -> Iterator[sealing.Kept]:
    for row in Authenticator.objects.filter(type__in=KINDS).order_by("pk"):
        yield sealing.Kept(row.pk, row.user_id, _decoded(row.data.get(KINDS[row.type])), str(row.pk))


def _replace(old: sealing.Kept, sealed: bytes) -> bool:
    row = Authenticator.objects.select_for_update().filter(pk=old.row).first()
    if row is None or _decoded(row.data.get(KINDS[row.type])) != old.sealed:
        return False
    row.data[KINDS[row.type]] = base64.b64encode(sealed).decode()
    row.save(update_fields=["data"])
    return True


def _waiting() -> Iterator[sealing.Kept]:
    for session in Session.objects.filter(expire_date__gt=clock.now()).order_by("pk"):
        held = session.get_decoded()
        if enrolment.WAITING in held and SESSION_KEY in held:
            owner = UUID(held[SESSION_KEY])
            yield sealing.Kept(
                session.pk, owner, _decoded(held[enrolment.WAITING]), ""
            )  # its key is a secret


def _replace_waiting(old: sealing.Kept, sealed: bytes) -> bool:
    session = Session.objects.select_for_update().filter(pk=old.row).first()
    held = session.get_decoded() if session else {}
    if session is None or _decoded(held.get(enrolment.WAITING)) != old.sealed:
        return False
    session.session_data = SessionStore().encode(
        {**held, enrolment.WAITING: base64.b64encode(sealed).decode()}
    )
    session.save(update_fields=["session_data"])
    return True


sealing.places.register(
    "people.second_factor",
    sealing.Place(
        "people.second_factor",
        Text("动态码与恢复码的密钥", "Secrets of authenticator apps and recovery codes"),
        adapter.USE,
        (("mfa_authenticator", "data"),),
        _kept,
        _replace,
    ),
)
sealing.places.register(
    "people.second_factor.waiting",
    sealing.Place(
        "people.second_factor.waiting",
        Text("正在设置的验证器的密钥", "Secrets of authenticator apps being set up"),
        enrolment.USE,
        (("django_session", "session_data"),),
        _waiting,
        _replace_waiting,
    ),
)
