"""A survey as the cast asks it, and answers to it."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shouxin.customers.messages import services as messages
from shouxin.customers.messages.models import Message
from shouxin.customers.messages.tests.cast import NOON, ORIGIN, drafted, with_mail
from shouxin.kit import clock
from shouxin.portal.surveys import services
from shouxin.portal.surveys.models import Survey
from shouxin.portal.surveys.rules import Kind, Question
from shouxin.portal.surveys.services import Written
from tests.register import SALES, Register

QUESTIONS = (
    Question(Kind.SCORE, "您对我们满意吗"),
    Question(Kind.CHOICE, "最看重什么", ("价格", "服务")),
    Question(Kind.TEXT, "还有什么想说的"),
)
SAID = ("4", "服务", "柜台可以再快一些")
LAST = date(2040, 1, 1)


def made(register: Register, *, anonymous: bool, now: datetime = NOON) -> Survey:
    written = Written("年度满意度调查", QUESTIONS, anonymous, LAST)
    return services.make(actor=register.world.actor("clerk"), written=written, now=now)


def message(register: Register, *names: str, **other: Any) -> Message:
    said = {"kind": "service", "purpose": SALES, "terms": "", "proof": None, "subject": "请告诉我们", **other}
    return drafted(register, *names, body="想听听您的意见。", **said)


def approved(register: Register, survey: Survey, row: Message) -> Message:
    """Enclosed, handed in and approved; ready to be sent."""
    clerk = register.world.actor("clerk")
    services.enclose(actor=clerk, survey=survey.id, message=row.id, now=NOON)
    row = messages.submit(actor=clerk, message=row.id, origin=ORIGIN, now=NOON)
    head = register.world.actor("sales_head")
    return messages.approve(actor=head, message=row.id, seen=row.sha256, now=NOON)


def tokens(register: Register, survey: Survey, *names: str) -> list[str]:
    """Links as the sender makes them, without a message."""
    Survey.objects.filter(id=survey.id, state="draft").update(state="open", opened_at=NOON)
    return [token_in(services.link(survey.id, register[name], NOON)) for name in names]


def token_in(text: str) -> str:
    found = re.search(r"/my/survey/([\w-]+)/", text)
    assert found
    return found[1]


def answered(register: Register, about: UUID, *, anonymous: bool = False) -> Survey:
    """A survey that this customer answered."""
    survey = made(register, anonymous=anonymous)
    Survey.objects.filter(id=survey.id).update(state="open", opened_at=NOON)
    token = token_in(services.link(survey.id, about, clock.now() + timedelta(days=400 if anonymous else 0)))
    services.answer(token=token, given=SAID, now=clock.now())
    return survey


__all__ = ["NOON", "SAID", "answered", "approved", "made", "message", "tokens", "with_mail"]
