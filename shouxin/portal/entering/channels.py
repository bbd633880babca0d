"""The ways by which a code reaches a person. A room that brings another way signs it up here."""

from collections.abc import Callable
from dataclasses import dataclass

from shouxin.core.text import Text
from shouxin.kit import mail
from shouxin.kit.registry import Registry

SUBJECT = "【{organisation}】验证码 / Your code"
BODY = """您的验证码是 {code}，{minutes} 分钟内有效，用于登录“我的信息”。
我们的工作人员不会向您索要这个验证码。如果不是您本人操作，请忽略本邮件。
{organisation}

Your code is {code}, valid for {minutes} minutes. It opens “My information”.
Our staff will never ask you for it. If you did not ask for it, ignore this mail.
"""


class NotDelivered(Exception):
    """The code did not leave; it is worth nothing then."""


@dataclass(frozen=True, slots=True)
class Channel:
    """`takes` says whether it reaches what somebody typed; `deliver` is given the contact on file and what to say."""

    name: Text
    takes: Callable[[str], bool]
    available: Callable[[], bool]
    deliver: Callable[[str, dict[str, str]], None]


channels: Registry[Channel] = Registry("ways of sending a code")


def by_mail(to: str, said: dict[str, str]) -> None:
    try:
        mail.send(to=to, subject=SUBJECT.format(**said), body=BODY.format(**said))
    except mail.NotSent:
        raise NotDelivered from None


channels.register(
    "email",
    Channel(Text("邮箱", "e-mail"), lambda typed: "@" in typed, mail.is_configured, by_mail),
)


def offered() -> list[Channel]:
    """The ways that work in this organisation now."""
    return [one for one in channels.values() if one.available()]


def for_contact(contact: str) -> Channel | None:
    return next((one for one in offered() if one.takes(contact)), None)
