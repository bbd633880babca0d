"""What messages leave in the journal: codes, ids and counts, never a text, a number or an address."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.messages.presenting import REASONS
from shouxin.customers.registry.events import ways
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "message.drafted",
        "起草消息，对象 {count} 位客户，目的 {purpose}",
        "Drafted a message to {count} customers, purpose {purpose}",
    ),
    (
        "message.held_back",
        "消息未能提交，须先补正：{problems}",
        "A message could not be submitted: {problems}",
    ),
    (
        "message.submitted",
        "提交消息待批准，对象 {count} 位客户，内容摘要 {sha256}",
        "Submitted a message to {count} customers for approval, digest {sha256}",
    ),
    (
        "message.approved",
        "批准发送消息，对象 {count} 位客户，内容摘要 {sha256}",
        "Approved a message to {count} customers, digest {sha256}",
    ),
    ("message.refused", "未批准消息", "Turned a message down"),
    (
        "message.sent",
        "发送前逐项核对后，按目的 {purpose} 经 {channel} 发送了消息；当时有效的同意：{consent}",
        "Sent a message by {channel} for purpose {purpose} after asking anew; consent then in force: {consent}",
    ),
    (
        "message.unclear",
        "消息经 {channel} 交出后结果不明，不会再次发送",
        "A message handed over by {channel} is unaccounted for and will not be sent again",
    ),
    (
        "message.stopped",
        "停止发送消息：已发 {sent}，未发 {left_out}",
        "Stopped a message: {sent} sent, {left_out} left out",
    ),
    (
        "message.finished",
        "消息发送结束：已发 {sent}，未发 {left_out}（{reasons}），失败 {failed}，结果不明 {unclear}",
        "A message is done: {sent} sent, {left_out} left out ({reasons}), {failed} failed, {unclear} unclear",
    ),
    (
        "message.unsubscribed",
        "本人点退订：不再接收目的 {purpose} 的消息，立即生效",
        "Unsubscribed: nothing more for purpose {purpose}, at once",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def reason(value: object, language: str) -> str:
    """Why something was held back, in words."""
    with override(language):
        return str(REASONS.get(str(value), value))


words.register("held_back", reason)
for _code, _way in {
    "email": Text("邮件", "e-mail"),
    "sms": Text("短信", "text message"),
    "call": Text("电话清单", "call list"),
    "none": Text("没有可用的方式", "no way to reach them"),
}.items():
    ways.register(_code, _way)
NO_CONSENT = Text("不需要", "not needed")
words.register("consent", lambda value, language: NO_CONSENT.in_(language) if value == "none" else str(value))
