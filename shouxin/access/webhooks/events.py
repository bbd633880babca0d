"""What happens to webhooks, as the journal tells it; endpoints and programs stand there by pseudonym."""

from django.utils.translation import override

from shouxin.access.webhooks.models import Attempt
from shouxin.access.webhooks.rules import EVENTS
from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    ("webhook.proposed", "申请推送地址：事件 {told}", "Proposed a webhook for {told}"),
    (
        "webhook.approved",
        "批准推送地址并发出签名密钥：事件 {told}",
        "Approved a webhook for {told} and issued its secret",
    ),
    ("webhook.refused", "拒绝推送地址：事件 {told}", "Refused a webhook for {told}"),
    ("webhook.withdrawn", "撤回推送地址申请", "Withdrew a webhook"),
    ("webhook.ended", "终止推送地址并销毁签名密钥", "Ended a webhook and destroyed its secret"),
    ("webhook.enabled", "重新启用推送地址", "Enabled a webhook again"),
    (
        "webhook.disabled",
        "推送地址自动停用：连续失败 {failures} 次，{outcome}",
        "Disabled a webhook after {failures} failures in a row: {outcome}",
    ),
    ("webhook.secret_rotated", "更换推送签名密钥", "Rotated the secret of a webhook"),
    ("webhook.pinged", "发送推送测试", "Sent a test to a webhook"),
    ("webhook.replayed", "重新推送一条消息", "Sent a message to a webhook again"),
    ("webhook.tidied", "清除过期的推送记录 {count} 条", "Forgot {count} old records of webhooks"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def event_names(value: object, language: str) -> str:
    """Kinds of events by their names."""
    keys = [str(key) for key in (value if isinstance(value, list) else [value])]
    separator = ", " if language.startswith("en") else "、"
    return separator.join(EVENTS[key].in_(language) if key in EVENTS else key for key in keys)


def outcome_name(value: object, language: str) -> str:
    """What came of a try, in words."""
    with override(language):
        known = value in Attempt.Outcome.values
        return str(Attempt.Outcome(str(value)).label) if known else str(value)


words.register("told", event_names)
words.register("outcome", outcome_name)
