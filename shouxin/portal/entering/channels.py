"""The ways by which a code reaches a person. A room that brings another way signs it up here."""

from collections.abc import Callable
from dataclasses import dataclass

from shouxin.core import identifiers
from shouxin.core.text import Text
from shouxin.customers.messages import codes, rules
from shouxin.customers.messages.direct import Letter
from shouxin.customers.messages.drivers import Carrier, carrier, gateway_offered
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.kit import mail
from shouxin.kit.registry import Registry
from shouxin.portal.entering.models import Way

SUBJECT = "【{organisation}】验证码 / Your code"
BODY = """您的验证码是 {code}，{minutes} 分钟内有效，用于登录“我的信息”，或在那里领取材料。
我们的工作人员不会向您索要这个验证码。如果不是您本人操作，请忽略本邮件。

Your code is {code}, valid for {minutes} minutes. It opens “My information”.
Our staff will never ask you for it. If you did not ask for it, ignore this mail.
"""


TEXT = (
    "验证码 {code}，{minutes} 分钟内有效，用于登录“我的信息”。工作人员不会索要；非本人操作请忽略。"
    "Your code for My information: {code}. Tell it to nobody."
)


@dataclass(frozen=True, slots=True)
class Channel:
    """`takes` says whether it reaches what somebody typed; `subject` and `text` are what arrives."""

    way: Way
    name: Text
    takes: Callable[[str], bool]
    available: Callable[[], bool]
    text: str
    subject: str = ""

    def carrier(self) -> Carrier:
        """Who would carry a code now."""
        return carrier(self.way)

    def deliver(self, to: str, said: dict[str, str], key: str, by: Carrier) -> None:
        """Hand a code over; where nobody knows whether it was taken it may well arrive, and stays good. `key` is the
        same however often it is asked about.

        Raises:
            NotSent: it did not leave, and is worth nothing then.
        """
        subject, text = self.subject.format(**said), self.text.format(**said)
        letter = Letter(key, self.way, MAINTENANCE, said["organisation"], subject, text, to, kind=rules.CODE)
        try:
            codes.hand_over(letter, by)
        except codes.NotSent as problem:
            if not problem.unclear:
                raise


channels: Registry[Channel] = Registry("ways of sending a code")
channels.register(
    "email",
    Channel(Way.EMAIL, Text("邮箱", "e-mail"), lambda typed: "@" in typed, mail.is_configured, BODY, SUBJECT),
)
channels.register(
    "sms",
    Channel(
        Way.SMS,
        Text("手机短信", "text message"),
        lambda typed: "@" not in typed and bool(identifiers.normalise("MOBILE", typed)),
        gateway_offered,
        TEXT,
    ),
)


def offered() -> list[Channel]:
    """The ways that work in this organisation now."""
    return [one for one in channels.values() if one.available()]


def for_contact(contact: str) -> Channel | None:
    return next((one for one in offered() if one.takes(contact)), None)
