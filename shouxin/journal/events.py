"""What can happen: every room registers its events here, each with the sentence a person will read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from shouxin.core.text import Text
from shouxin.kit.registry import Registry

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")  # as core.ledger.entry writes them


@dataclass(frozen=True, slots=True)
class EventKind:
    """`name` is `<thing>.<past participle>`; `sentence` may hold `{key}` for the keys of the entry's data.

    `among` is what is said of an entry about many customers where it is told about one of them alone.
    """

    name: str
    sentence: Text
    among: Text | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name} is not of the form thing.participle")
        for text in filter(None, (self.sentence, self.among)):
            if set(_PLACE.findall(text.zh)) != set(_PLACE.findall(text.en)):
                raise ValueError(f"{self.name}: the two languages have different placeholders")


events: Registry[EventKind] = Registry("journal events")

events.register(
    "ledger.verified",
    EventKind(
        "ledger.verified",
        Text(
            "检验了账本: {size} 条条目, {checkpoints} 个检查点, 发现 {findings} 处问题",
            "Verified the ledger: {size} entries, {checkpoints} checkpoints, {findings} findings",
        ),
    ),
)
events.register(
    "ledger.exported",
    EventKind("ledger.exported", Text("导出了账本的 {size} 条条目", "Exported {size} entries of the ledger")),
)
for _name, _zh, _en in (
    ("ledger.check_asked", "要求检验全部日志", "Asked for a check of the whole journal"),
    (
        "entry.verified",
        "核验了序号 {index} 的日志条目（账本 {size} 条）：{proved}",
        "Verified the journal entry at index {index} of {size}: {proved}",
    ),
    (
        "entry.proof_made",
        "下载了序号 {index} 的日志条目的证明（账本 {size} 条）",
        "Downloaded the proof of the journal entry at index {index} of {size}",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))

# How a value of the entry's data is read out, by data key: `(value, language) -> words`. Rooms that know
# names for codes (fields, purposes, staff) sign up here; without one a code is shown as it stands.
words: Registry[Callable[[Any, str], str]] = Registry("journal words")


def sentence(event: str, data: Mapping[str, Any], language: str, *, among: bool = False) -> str:
    """The sentence of one entry; an event of no room is shown by its name, a missing value as a dash."""
    kind = events.get(event)
    if kind is None:
        return event
    said = kind.among if among and kind.among else kind.sentence
    return _PLACE.sub(lambda place: _words(place[1], data.get(place[1]), language), said.in_(language))


def _words(key: str, value: object, language: str) -> str:
    if value is None:
        return "—"
    reader = words.get(key)
    if reader is not None:
        return reader(value, language)
    if isinstance(value, list):
        return ("、" if not language.startswith("en") else ", ").join(_shown(item) for item in value)
    return _shown(value)


def _shown(value: object) -> str:
    """A code as it stands; a moment to the minute, by the reader's clock."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return str(value)


PROVED = {
    "sound": Text("成立", "proved"),
    "bytes": Text("不成立，条目内容与其旁列不符", "not proved, the entry and its columns differ"),
    "leaf": Text("不成立，内容与封存时不同", "not proved, it is not what was sealed"),
    "outside": Text("不成立，与库外留存不符", "not proved, it differs from what is kept outside"),
    "path": Text("不成立，通不到根哈希", "not proved, it does not lead to the root"),
    "signature": Text("不成立，检查点签名不符", "not proved, the checkpoint is not signed so"),
}
words.register(
    "proved", lambda value, language: PROVED.get(str(value), Text(str(value), str(value))).in_(language)
)
