"""What happens to feedback, as the journal tells it; never what somebody wrote."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.rights.feedback.models import Category

for _name, _zh, _en in (
    (
        "filed",
        "收到客户意见：{feedback_category}，{due} 以前答复",
        "Received feedback: {feedback_category}, to be answered by {due}",
    ),
    ("read", "阅读客户意见", "Read feedback"),
    (
        "assigned",
        "客户意见转另一人答复：{feedback_category}",
        "Gave feedback to somebody else to answer: {feedback_category}",
    ),
    ("answered", "答复客户意见", "Answered feedback"),
    ("escalated", "客户意见到期未答复，已上报", "Feedback is over its day unanswered: those above were told"),
    ("followed", "提出人凭查询码查看意见的答复", "Feedback was followed with its look-up code"),
):
    events.register(f"feedback.{_name}", EventKind(f"feedback.{_name}", Text(_zh, _en)))


def _category(value: object, language: str) -> str:
    with override(language):
        return str(dict(Category.choices).get(str(value), value))


words.register("feedback_category", _category)
