"""What telling people of a notice leaves in the journal: the notice, its number and hash; never a text."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "informed.acknowledged",
        "本人读过告知 {notice} 第 {number} 版，哈希 {sha256}",
        "Read version {number} of the notice {notice}, digest {sha256}",
    ),
    (
        "informed.at_counter",
        "当面向本人告知了 {notice} 第 {number} 版，哈希 {sha256}",
        "Told the customer in person of version {number} of the notice {notice}, digest {sha256}",
    ),
    (
        "informed.mailing_made",
        "起草消息，向尚未告知的 {count} 位客户告知 {notice} 第 {number} 版",
        "Drafted a message that tells {count} customers of version {number} of the notice {notice}",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
