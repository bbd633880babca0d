"""The authenticator apps of the demonstration's people: what each would show now.

Only for a database that carries the mark of a demonstration: elsewhere nobody is told a code, not even at the server.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

from shouxin.core.text import Text
from shouxin.operations.demo import queries
from shouxin.operations.server.problems import ServerProblem
from shouxin.people.models import Staff
from shouxin.people.second_factor import adapter, proofs, rules


@dataclass(frozen=True, slots=True)
class Shown:
    """A code and how many seconds it is good for."""

    code: str
    seconds: int


def new_secret() -> str:
    return str(generate_totp_secret())


def code_at(secret: str, now: datetime) -> str:
    """What an app with this secret shows at `now`."""
    return _code(secret, int(now.timestamp()) // rules.TOTP_PERIOD)


def shown(user_name: str, now: datetime) -> Shown:
    """A code that `user_name` can type now: the present one, or the next when that was used already.

    Raises:
        ServerProblem: no demonstration, no such log-in, no app set up, or the present codes are all used.
    """
    if not queries.is_demonstration():
        raise _problem("no-demonstration", NO_DEMONSTRATION)
    staff = Staff.objects.filter(user_name__iexact=user_name, is_active=True).first()
    if staff is None:
        raise _problem("no-such-account", NO_ACCOUNT)
    row = Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).first()
    if row is None:
        raise _problem("no-second-factor", NO_FACTOR)
    step = max(int(now.timestamp()) // rules.TOTP_PERIOD, row.data.get(proofs.LAST, -1) + 1)
    if step not in rules.totp_steps(now):
        raise _problem("codes-used", CODES_USED)
    with adapter.of(staff.id):
        secret = adapter.SealingAdapter().decrypt(row.data["secret"])
    until = (step + rules.TOTP_TOLERANCE + 1) * rules.TOTP_PERIOD
    return Shown(_code(secret, step), int(until - now.timestamp()))


def _code(secret: str, step: int) -> str:
    return str(format_hotp_value(hotp_value(secret, step)))


NO_DEMONSTRATION = Text(
    "这里不是演示数据，不显示任何人的动态码。", "This is no demonstration: nobody's code is shown."
)
NO_ACCOUNT = Text("没有这个演示账号。", "There is no such demonstration account.")
NO_FACTOR = Text(
    "该账号没有设置验证器，用密码登录即可。", "This account has no authenticator app; its password suffices."
)
CODES_USED = Text(
    "当前的动态码都已用过，请 30 秒后再运行。", "The present codes are used up; run this again in 30 seconds."
)


def _problem(code: str, text: Text) -> ServerProblem:
    return ServerProblem(code, text.zh, text.en)
