"""What happens to tokens for the ledger, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "ledger_token.issued",
        "发出账本凭证：有效 {days} 天，来源地址 {networks} 条",
        "Issued a token for the ledger: valid for {days} days, addresses {networks}",
    ),
    ("ledger_token.ended", "停用账本凭证", "Ended a token for the ledger"),
    (
        "ledger.mirrored",
        "用账本凭证读取账本（每天记一次）",
        "Read the ledger with a token (noted once a day)",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
