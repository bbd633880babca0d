"""What changes, notices of them and their denial leave in the journal."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.portal.changes.models import Freeze

for _name, _zh, _en in (
    (
        "change_told",
        "通知客户资料有更改：{fields}（{channel}）",
        "Told the customer what was changed: {fields} ({channel})",
    ),
    (
        "change_told_barely",
        "联系方式久未确认或他人也在用，只通知客户资料有更改，不写内容：{fields}（{channel}）",
        "Told the customer that something was changed, not what, as others may read it: {fields} ({channel})",
    ),
    (
        "change_unclear",
        "资料更改的通知交出后结果不明，不会再次发送：{fields}（{channel}）",
        "A notice of a change is unaccounted for and will not be sent again: {fields} ({channel})",
    ),
    (
        "change_not_told",
        "资料更改没有通知到客户：{fields}",
        "The customer was not told what was changed: {fields}",
    ),
    (
        "change_denied",
        "本人否认更改并停用：{fields}（{freeze_way}）",
        "The person denied a change and stopped it: {fields} ({freeze_way})",
    ),
    (
        "change_kept",
        "核实后保留本人否认过的更改：{fields}",
        "A denied change was found right and stands: {fields}",
    ),
    (
        "change_put_back",
        "核实后恢复本人否认的更改以前的内容：{fields}",
        "A denied change was undone, what stood before stands again: {fields}",
    ),
    (
        "change_given_free",
        "申请撤回或无法核实身份，本人否认过的更改恢复使用：{fields}",
        "Taken back, or nobody knows who asked: a denied change is in use again: {fields}",
    ),
    (
        "sign_in_denied",
        "本人否认一次门户登录，其他登录全部退出",
        "The person denied a sign-in; all others ended",
    ),
    ("account_frozen", "本人停用全部资料", "The person put all their information out of use"),
    ("account_released", "本人恢复使用全部资料", "The person took their information into use again"),
):
    events.register(f"portal.{_name}", EventKind(f"portal.{_name}", Text(_zh, _en)))


def _way(value: object, language: str) -> str:
    with override(language):
        return str(Freeze.Way(str(value)).label) if value in Freeze.Way.values else str(value)


words.register("freeze_way", _way)
