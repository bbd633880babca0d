"""What second factors leave in the journal; never a code, never a secret."""

from collections.abc import Callable
from typing import Any

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

KINDS = {
    "totp": Text("验证器动态码", "a code of the authenticator app"),
    "recovery": Text("恢复码", "a recovery code"),
    "passkey": Text("通行密钥", "a passkey"),
    "password": Text("密码", "the password"),
}
PLACES = {
    "sign_in": Text("登录", "sign-in"),
    "verb": Text("重要操作", "an important act"),
    "terminal": Text("服务器命令行", "the server's command line"),
}


def _reader(names: dict[str, Text]) -> Callable[[Any, str], str]:
    def read(value: object, language: str) -> str:
        known = names.get(str(value))
        return known.in_(language) if known else str(value)

    return read


for _name, _zh, _en in (
    ("factor.added", "设置二次认证：{factor}", "Set up a second factor: {factor}"),
    ("factor.removed", "移除二次认证：{factor}", "Removed a second factor: {factor}"),
    ("factor.codes_renewed", "重新生成恢复码", "Renewed their recovery codes"),
    ("factor.proved", "通过二次认证（{factor}，{place}）", "Passed the second factor ({factor}, {place})"),
    ("factor.failed", "二次认证失败（{factor}，{place}）", "Failed the second factor ({factor}, {place})"),
    (
        "factor.copied",
        "拒绝可能被复制的通行密钥（{place}）",
        "Refused a passkey that may have been copied ({place})",
    ),
    ("factor.locked", "二次认证连续失败，暂时锁定", "Locked after failing the second factor repeatedly"),
    ("factor.reset_asked", "申请重置 {staff} 的二次认证", "Asked to reset the second factor of {staff}"),
    (
        "factor.reset_done",
        "确认重置 {staff} 的二次认证，其登录全部失效",
        "Confirmed the reset of {staff}'s second factor; all their sessions ended",
    ),
    ("factor.reset_refused", "拒绝重置 {staff} 的二次认证", "Refused to reset the second factor of {staff}"),
    (
        "factor.demanded",
        "规定角色 {role} 必须二次认证",
        "Decided that the role {role} needs a second factor",
    ),
    (
        "factor.released",
        "规定角色 {role} 可不设二次认证",
        "Decided that the role {role} may do without a second factor",
    ),
    (
        "factor.release_asked",
        "申请角色 {role} 可不设二次认证，待确认",
        "Asked that the role {role} may do without a second factor, to be confirmed",
    ),
    (
        "factor.release_refused",
        "没有同意角色 {role} 可不设二次认证",
        "Refused that the role {role} may do without a second factor",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
words.register("factor", _reader(KINDS))
words.register("place", _reader(PLACES))
