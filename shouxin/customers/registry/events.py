"""What happens to customers, as the journal tells it."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.registry.models import Channel, RecordKind
from shouxin.journal.events import EventKind, events, words
from shouxin.kit.registry import Registry

for _name, _zh, _en in (
    (
        "customer.created",
        "建立客户档案：目的 {purpose}，渠道 {channel}，字段 {fields}",
        "Created: purpose {purpose}, channel {channel}, fields {fields}",
    ),
    (
        "customer.changed",
        "更新客户信息：目的 {purpose}，字段 {fields}",
        "Changed {fields}, purpose {purpose}",
    ),
    (
        "value.erased",
        "应本人要求删除 {fields}，连同以前的内容和检索索引，密钥已更换",
        "Erased {fields} because the person asked, with earlier content and search indexes, under a new key",
    ),
    (
        "customer.batch_received",
        "经接口收到一批客户：建档 {created}，未收 {refused}，渠道 {channel}",
        "Received a batch over the API: {created} created, {refused} refused, channel {channel}",
    ),
    ("customer.assigned", "变更负责人或可见范围", "Changed the responsible person or the scope"),
    (
        "customer.sealed_up",
        "字段 {field} 的公开程度提高：明文值及其 {versions} 个版本已加密",
        "The class of {field} was raised: its clear value and {versions} versions were sealed",
    ),
    ("customer.restricted", "限制处理", "Processing restricted"),
    ("customer.released_restriction", "解除限制处理", "The restriction of processing was lifted"),
    ("record.added", "新增{kind}：字段 {fields}", "Added {kind}: {fields}"),
    ("record.ended", "结束{kind}", "Ended {kind}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


# Ways that other rooms write down under the same word, by their codes: how a message went out.
ways: Registry[Text] = Registry("ways in the journal")


def channel_name(value: object, language: str) -> str:
    """The way data came in or a message went out, by its name."""
    if (known := ways.get(str(value))) is not None:
        return known.in_(language)
    with override(language):
        return str(Channel(value).label) if value in Channel.values else str(value)


def kind_name(value: object, language: str) -> str:
    """What kind of record it is, by its name."""
    with override(language):
        return str(RecordKind(value).label) if value in RecordKind.values else str(value)


words.register("channel", channel_name)
words.register("kind", kind_name)
