"""What the gate writes into the journal."""

import re

from shouxin.core.policy.refusals import RULES
from shouxin.core.text import Text
from shouxin.gate.facts import rules
from shouxin.gate.naming import nameable
from shouxin.gate.rules import REASON_NAMES
from shouxin.journal.events import EventKind, events, words

# A place of a refusal's sentence with the marks around it: the journal keeps the code, not what filled the places.
_PLACE = re.compile(r"[（(][^（）()]*\{\w+\}[^（）()]*[）)]|[：:]? ?[“”]?\{\w+\}[“”]?")

for _name, _zh, _en in (
    (
        "contact.opened",
        "开始一次接待：目的 {purpose}，事由 {reason}",
        "Opened a contact: purpose {purpose}, reason {reason}",
    ),
    ("contact.closed", "结束一次接待", "Closed a contact"),
    (
        "field.revealed",
        "查看明文：{fields}，目的 {purpose}，事由 {reason}",
        "Revealed {fields}: purpose {purpose}, reason {reason}",
    ),
    (
        "number.dialled",
        "拨号不看号：{fields} 交给本人手机拨打，目的 {purpose}，事由 {reason}",
        "Dialled {fields} from the clerk's own phone, unseen here: purpose {purpose}, reason {reason}",
    ),
    ("field.read", "接口读取：{fields}，目的 {purpose}", "Read over the API: {fields}, purpose {purpose}"),
    ("profile.viewed", "查看脱敏档案，目的 {purpose}", "Viewed the masked profile, purpose {purpose}"),
    (
        "batch.left_out",
        "批量读取 {count} 位，未列入 {left_out}（目的 {purpose}）",
        "Read a batch of {count}, left out {left_out} (purpose {purpose})",
    ),
    (
        "read.refused",
        "没有放行查看 {fields}：{code}（目的 {purpose}）",
        "Refused to show {fields}: {code} (purpose {purpose})",
    ),
    (
        "write.refused",
        "没有放行写入 {fields}：{code}（目的 {purpose}）",
        "Refused to write {fields}: {code} (purpose {purpose})",
    ),
    (
        "maintenance.opened",
        "系统维护读取 {count} 位客户：{reason}",
        "Maintenance opened {count} customers: {reason}",
    ),
    ("decision.explained", "查看权限判定说明：{code}", "Had a decision explained: {code}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))

for _name, _many, _one in (
    (
        "list.viewed",
        Text("查看脱敏列表 {count} 条，目的 {purpose}", "Viewed a masked list of {count}, purpose {purpose}"),
        Text(
            "在列表中查看脱敏后的 {fields}，目的 {purpose}",
            "Viewed {fields} masked in a list, purpose {purpose}",
        ),
    ),
    (
        "list.searched",
        Text("检索得到 {count} 条，目的 {purpose}", "Searched with {count} hits, purpose {purpose}"),
        Text(
            "在检索结果中查看脱敏后的 {fields}，目的 {purpose}",
            "Viewed {fields} masked among search results, purpose {purpose}",
        ),
    ),
):
    events.register(_name, EventKind(_name, _many, _one))


def field_names(value: object, language: str) -> str:
    """Keys of fields by their names; words that are no keys stay as they are."""
    book = rules.get("rulebook")
    known = book.fields() if book else {}
    keys = [str(key) for key in value] if isinstance(value, list) else [str(value)]
    named = [key for key in keys if key not in known or nameable(key)]
    shown = [known[key].name.in_(language) if key in known else key for key in named]
    if len(named) < len(keys):
        count = len(keys) - len(named)
        shown.append(Text(f"另 {count} 个字段", f"{count} more").in_(language))
    return (", " if language.startswith("en") else "、").join(shown) or "—"


def reason_name(value: object, language: str) -> str:
    """A stated reason by its class."""
    found = REASON_NAMES.get(str(value))
    return found.in_(language) if found else str(value) or "—"


def refusal_name(value: object, language: str) -> str:
    """What a refusal's code says, without what stood in its places."""
    if str(value) not in RULES:
        return str(value)
    reason, _article = RULES[str(value)]
    return _PLACE.sub("", reason.in_(language)).strip(" ，。.：:")


words.register("fields", field_names)
words.register("reason", reason_name)
words.register("code", refusal_name)


def left_out_name(value: object, language: str) -> str:
    """How many were left out of a list or batch, by reason."""
    if not isinstance(value, dict):
        return str(value)
    named = [f"{refusal_name(code.replace('_', '.', 1), language)} {count}" for code, count in value.items()]
    return (", " if language.startswith("en") else "、").join(named) or "—"


words.register("left_out", left_out_name)
