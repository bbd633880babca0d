"""What a survey cannot be brought to."""

from shouxin.core.text import Text

PROBLEMS = {
    "questions.unsuited": Text(
        "请写 1 到 6 个问题；“选一项”的写 2 到 8 个不同的选项，其他的不写选项。",
        "Write one to six questions; one of several needs two to eight different options, the others none.",
    ),
    "survey.unknown": Text("没有找到，或不是您的调查。", "Not found, or not your survey."),
    "survey.state": Text(
        "调查已进到别的步骤，请按本页现在的内容继续。",
        "The survey has moved on; go on from what this page says now.",
    ),
    "closes.past": Text("最后一天不能早于今天。", "The last day cannot be past."),
    "message.unsuited": Text(
        "只能附在您自己的、还没有提交的邮件或短信草稿上；法定告知不能附调查。",
        "It goes with a draft of your own, by mail or text message; statutory notices carry no survey.",
    ),
    "link.over": Text("这个链接已经用过，或调查已经结束。", "This link was used, or the survey is over."),
    "answer.unsuited": Text("请至少回答一个问题。", "Answer at least one question."),
}


class SurveyProblem(Exception):
    """`code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return PROBLEMS[self.code]
