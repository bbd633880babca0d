"""What the guard does, as the journal tells it; addresses stand in its own table, by the row's id."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.guarding.models import Source

for _name, _zh, _en in (
    ("guard.slowed", "放慢来源：{watched}，累计 {count}", "Slowed a source: {watched}, {count} so far"),
    ("guard.blocked", "阻止来源：{watched}，累计 {count}", "Blocked a source: {watched}, {count} so far"),
    ("guard.released", "解除来源限制：{watched}", "Let a source in again: {watched}"),
    ("guard.new_place", "{staff} 从新的地点登录", "{staff} signed in from a new place"),
    ("guard.notices_seen", "阅读账号安全提醒 {count} 条", "Read {count} security notices"),
    ("guard.tidied", "清除过期的防护记录 {count} 条", "Forgot {count} old records of the guard"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def kind_name(value: object, language: str) -> str:
    """What a source was watched for, in words."""
    with override(language):
        return str(Source.Kind(str(value)).label) if value in Source.Kind.values else str(value)


words.register("watched", kind_name)
