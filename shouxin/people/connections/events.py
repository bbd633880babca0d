"""What happens to connections, as the journal tells it; a connection stands there by pseudonym."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.connections import queries
from shouxin.people.readers import name_behind

for _name, _zh, _en in (
    (
        "connection.drafted",
        "起草连接 {connection}（{connection_kind}）",
        "Drafted the connection {connection} ({connection_kind})",
    ),
    (
        "connection.confirmed",
        "确认连接 {connection}（{connection_kind}）",
        "Confirmed the connection {connection} ({connection_kind})",
    ),
    (
        "connection.refused",
        "拒绝连接 {connection}（{connection_kind}）",
        "Refused the connection {connection} ({connection_kind})",
    ),
    (
        "connection.ended",
        "停用连接 {connection}（{connection_kind}）",
        "Ended the connection {connection} ({connection_kind})",
    ),
    ("connection.token_renewed", "更换连接 {connection} 的令牌", "Renewed the token of {connection}"),
    (
        "connection.turned_away",
        "连接 {connection} 的令牌被拒之门外：{connection_cause}",
        "Turned a token of {connection} away: {connection_cause}",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))

words.register("connection", name_behind)
words.register("connection_kind", queries.kind_name)
words.register("connection_cause", queries.door_cause)
