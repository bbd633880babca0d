"""What mails about answers leave in the journal: that one left, or why not; never an address."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.portal.answers.models import Letter

for _name, _zh, _en in (
    ("answer_told", "用邮件告诉申请人已有答复", "Told the person by mail that they were answered"),
    (
        "answer_unclear",
        "告诉申请人已有答复的邮件交出后结果不明，不会再次发送",
        "The mail that told of an answer is unaccounted for and will not be sent again",
    ),
    (
        "answer_not_told",
        "没有用邮件告诉申请人已有答复：{letter_reason}",
        "The person was not told by mail that they were answered: {letter_reason}",
    ),
):
    events.register(f"portal.{_name}", EventKind(f"portal.{_name}", Text(_zh, _en)))


def _reason(value: object, language: str) -> str:
    with override(language):
        return str(dict(Letter.Reason.choices).get(str(value), value))


words.register("letter_reason", _reason)
