"""What mails about answers leave in the journal: that one left, or why not; never an address."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.portal.answers.models import Letter

for _name, _zh, _en in (
    ("answer_told", "告诉申请人已有答复（{channel}）", "Told the person that they were answered ({channel})"),
    (
        "answer_unclear",
        "告诉申请人已有答复的消息交出后结果不明，不会再次发送（{channel}）",
        "The message that told of an answer is unaccounted for and will not be sent again ({channel})",
    ),
    (
        "answer_not_told",
        "没有告诉申请人已有答复：{letter_reason}",
        "The person was not told that they were answered: {letter_reason}",
    ),
    ("answer_posted", "已书面告知申请人有答复", "Wrote to the person that they were answered"),
    (
        "extension_posted",
        "已书面告知申请人办理期限延长",
        "Wrote to the person that their request takes longer",
    ),
    (
        "extension_told",
        "告诉申请人办理期限延长（{channel}）",
        "Told the person that their request takes longer ({channel})",
    ),
    (
        "extension_unclear",
        "告诉申请人办理期限延长的消息交出后结果不明，不会再次发送（{channel}）",
        "The message that told of an extension is unaccounted for and will not be sent again ({channel})",
    ),
    (
        "extension_not_told",
        "没有告诉申请人办理期限延长，须书面告知：{letter_reason}",
        "The person was not told that their request takes longer, write to them by post: {letter_reason}",
    ),
):
    events.register(f"portal.{_name}", EventKind(f"portal.{_name}", Text(_zh, _en)))


def _reason(value: object, language: str) -> str:
    with override(language):
        return str(dict(Letter.Reason.choices).get(str(value), value))


words.register("letter_reason", _reason)
