"""A new secret on its way to somebody's authenticator app: sealed in their session until the first code comes back."""

import base64
import binascii

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.http import HttpRequest

from shouxin.kit import sealing
from shouxin.people.models import Staff
from shouxin.people.second_factor import adapter

WAITING = "second_factor_secret"
USE = "second factor being set up"


def secret_for(request: HttpRequest, staff: Staff) -> str | None:
    """The secret that waits in this session, or a new one; None while there are no keys to seal it with."""
    secret = waiting_secret(request, staff) or str(generate_totp_secret())
    try:
        sealed = sealing.seal(USE, staff.id, secret.encode())
    except sealing.Unavailable:
        return None
    request.session[WAITING] = base64.b64encode(sealed).decode()
    return secret


def waiting_secret(request: HttpRequest, staff: Staff) -> str | None:
    """The secret that waits in this session, if it is this person's."""
    sealed = request.session.get(WAITING, "")
    try:
        return sealing.unseal(USE, staff.id, base64.b64decode(sealed)).decode()
    except (sealing.Unavailable, sealing.NotSealedHere, binascii.Error):
        return None


def forget(request: HttpRequest) -> None:
    request.session.pop(WAITING, None)


def address(staff: Staff, secret: str) -> str:
    """The otpauth address that the picture shows to the app."""
    return str(adapter.SealingAdapter().build_totp_url(staff, secret))
