"""Passkeys (WebAuthn) as a second factor: options for the browser, and what it answers, checked by allauth and fido2.

The challenge waits in the session and works once. A passkey belongs to the address of the page (https, or localhost).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from shouxin.people.models import Staff
from shouxin.people.second_factor.proofs import PASSKEY, Copied

COUNTER = "counter"  # in the authenticator's data: how often the passkey had signed when it was last seen
LARGEST = 20_000  # characters of an answer; real ones have two or three thousand


def options_to_add(request: HttpRequest, staff: Staff) -> str:
    """What the browser needs to make a passkey, as JSON."""
    with context.request_context(request):
        return json.dumps(auth.begin_registration(staff, passwordless=False))


def options_to_prove(request: HttpRequest, staff: Staff) -> str:
    """What the browser needs to show one, as JSON."""
    with context.request_context(request):
        return json.dumps(auth.begin_authentication(staff))


def made(request: HttpRequest, answer: str) -> dict[str, Any] | None:
    """The new passkey that the browser made for the waiting challenge; None when it is not one."""
    credential = _read(answer)
    if credential is None:
        return None
    with context.request_context(request):
        try:
            auth.complete_registration(credential)
        except (ValidationError, ValueError, TypeError, KeyError):
            return None
    return credential


@dataclass(frozen=True, slots=True)
class Passkey:
    """The browser's answer to the waiting challenge."""

    request: HttpRequest
    answer: str = field(repr=False)
    kind: str = PASSKEY

    def holds(self, staff: Staff, now: datetime) -> bool:
        """Whether a passkey of `staff` signed the challenge; the challenge is used up either way.

        Raises:
            Copied: its counter did not go on from where it was (WebAuthn level 2, 7.2 step 21).
        """
        credential = _read(self.answer)
        try:
            with context.request_context(self.request):
                if credential is None:
                    return False
                row = auth.complete_authentication(staff, credential)
        except (ValidationError, ValueError, TypeError, KeyError):
            return False
        finally:
            self.request.session.pop(auth.STATE_SESSION_KEY, None)
        signed = auth.parse_authentication_response(credential).response.authenticator_data.counter
        before = row.data.get(COUNTER, row.wrap().authenticator_data.counter)
        if (signed or before) and signed <= before:
            raise Copied
        row.data[COUNTER], row.last_used_at = signed, now
        row.save(update_fields=["data", "last_used_at"])
        return True


def _read(answer: str) -> dict[str, Any] | None:
    if len(answer) > LARGEST:
        return None
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
