"""The ways by which a code reaches a person. A room that brings another way signs it up here."""

from collections.abc import Callable
from dataclasses import dataclass

from shouxin.core import identifiers
from shouxin.core.text import Text
from shouxin.customers.messages import codes
from shouxin.customers.messages.drivers import Carrier, carrier
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.kit import mail
from shouxin.kit.registry import Registry
from shouxin.portal.entering.models import Way

SUBJECT = "【{organisation}】验证码 / Your code"
BODY = """您的验证码是 {code}，{minutes} 分钟内有效，用于登录“我的信息”，或在那里领取材料。
我们的工作人员不会向您索要这个验证码。如果不是您本人操作，请忽略本邮件。
{organisation}

Your code is {code}, valid for {minutes} minutes. It opens “My information”.
Our staff will never ask you for it. If you did not ask for it, ignore this mail.
"""


TEXT = (
    "验证码 {code}，{minutes} 分钟内有效，用于登录“我的信息”。工作人员不会索要；非本人操作请忽略。"
    "Your code for My information: {code}. Tell it to nobody."
)


class NotDelivered(Exception):
    """The code did not leave; it is worth nothing then."""


@dataclass(frozen=True, slots=True)
class Channel:
    """`takes` says whether it reaches what somebody typed; `deliver` is given the contact on file, what to say, a key
    that is the same however often it is asked, and who carries it."""

    way: Way
    name: Text
    takes: Callable[[str], bool]
    available: Callable[[], bool]
    deliver: Callable[[str, dict[str, str], str, Carrier], None]

    def carrier(self) -> Carrier:
        """Who would carry a code now."""
        return carrier(self.way)


channels: Registry[Channel] = Registry("ways of sending a code")


def by_mail(to: str, said: dict[str, str], _key: str, _by: Carrier) -> None:
    try:
        mail.send(to=to, subject=SUBJECT.format(**said), body=BODY.format(**said))
    except mail.NotSent as problem:
        if not problem.unclear:  # else it may well arrive, and stays good
            raise NotDelivered from None


def by_sms(to: str, said: dict[str, str], key: str, by: Carrier) -> None:
    text = TEXT.format(**said)
    try:
        codes.send(to=to, sender=said["organisation"], text=text, purpose=MAINTENANCE, key=key, by=by)
    except codes.NotSent:
        raise NotDelivered from None


channels.register(
    "email",
    Channel(Way.EMAIL, Text("邮箱", "e-mail"), lambda typed: "@" in typed, mail.is_configured, by_mail),
)
channels.register(
    "sms",
    Channel(
        Way.SMS,
        Text("手机短信", "text message"),
        lambda typed: "@" not in typed and bool(identifiers.normalise("MOBILE", typed)),
        codes.is_offered,
        by_sms,
    ),
)


def offered() -> list[Channel]:
    """The ways that work in this organisation now."""
    return [one for one in channels.values() if one.available()]


def for_contact(contact: str) -> Channel | None:
    return next((one for one in offered() if one.takes(contact)), None)
