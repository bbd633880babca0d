"""A code that a person asked for this minute: it passes the gate of messages like everything that leaves, at once,
whatever the hour and whatever they wish for, and is handed over by the same drivers.

It is no message that somebody wrote: nothing of it is kept here, neither words nor number. Whoever sends one keeps the
log, with an entry for each that left, was not taken, or was held back and why.
"""

from datetime import datetime

from shouxin.customers.messages import direct, drivers, rules
from shouxin.customers.messages.direct import Letter
from shouxin.customers.messages.rules import Word
from shouxin.customers.quality import codes as mail_codes
from shouxin.customers.registry.denied import Place
from shouxin.customers.registry.models import Customer


class NotSent(Exception):
    """It was not taken, and will not be; `unclear`: nobody knows, and it may well arrive."""

    def __init__(self, code: str, *, unclear: bool = False) -> None:
        super().__init__(code)
        self.code, self.unclear = code, unclear


def judge(*, customer: Customer | None, channel: str, place: Place | None, now: datetime) -> str:
    """Why no code may go to this contact now, by code; "" where it may. `customer` is None for whoever left a contact
    and is nobody on file, `place` whose contact in which field it is."""
    verdict = direct.judge(
        kind=rules.CODE, customer=customer, channel=channel, closed="", reachable=True, place=place, now=now
    )
    return "" if verdict.word is Word.SEND else verdict.code


def hand_over(letter: Letter, by: drivers.Carrier) -> None:
    """Hand a code over to the carrier that the log names.

    Raises:
        NotSent: it was not taken, or nobody knows.
    """
    try:
        direct.hand_over(letter, by)
    except drivers.Away as problem:
        unclear = isinstance(problem, drivers.Unclear)
        raise NotSent(problem.code, unclear=unclear) from None


def _may_go(customer: Customer, place: Place, now: datetime) -> str:
    return judge(customer=customer, channel=rules.EMAIL, place=place, now=now)


def _by_mail(code: mail_codes.Code) -> None:
    letter = Letter(
        code.key, rules.EMAIL, code.purpose, code.sender, code.subject, code.text, code.to, kind=rules.CODE
    )
    try:
        hand_over(letter, drivers.carrier(rules.EMAIL))
    except NotSent as problem:
        raise mail_codes.NotTaken(problem.code, unclear=problem.unclear) from None


mail_codes.gates.register("messages", mail_codes.Gate(_may_go, _by_mail))
