"""Why a public form was not published, or did not take what was sent."""

from collections.abc import Mapping, Sequence

from shouxin.core.text import Text
from shouxin.customers.collection_forms.rules import Lack

TEXTS: Mapping[str, Text] = {
    "public.unknown": Text("没有这份公开表单。", "There is no such public form."),
    "public.wrong-state": Text("状态已变，请刷新后再试。", "It is in another state by now; look again."),
    "public.needs-two": Text(
        "申请公开的人不能批准，请由另一人审批。", "Whoever asked for it cannot approve it."
    ),
    "public.not-published": Text(
        "表单没有在用的版本，先发布表单。", "The form has no version in use: publish it first."
    ),
    "public.lacks": Text("现在还不能公开：", "It cannot be public yet:"),
    "public.period": Text("开放期从今天起，最长 366 天。", "It is open from today on, for 366 days at most."),
    "public.department": Text("归口部门不在您的部门范围内。", "The owner department is not within yours."),
    "public.plan": Text(
        "收集计划没有在进行，或不包含这份表单。", "The plan is not running, or is not about this form."
    ),
    "public.origin": Text(
        "网站地址须为 https://主机名，一行一个，最多 10 个。",
        "Name web sites as https://host, one a line, ten at most.",
    ),
    "public.reason": Text("请填写理由。", "Give a reason."),
    # What people who send a form are told.
    "closed": Text("这份表单已经关闭，不再接受填写。", "This form is closed and takes nothing more."),
    "paused": Text("这份表单暂停接受填写，请稍后再来。", "This form is paused. Please come back later."),
    "ended": Text("这份表单的开放期已经结束。", "The time of this form is over."),
    "full": Text("名额已满，不再接受填写。", "All places are taken; nothing more is accepted."),
}


class PublicProblem(Exception):
    """The step cannot be taken; `code` names why, `lacks` what is missing."""

    def __init__(self, code: str, lacks: Sequence[Lack] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.lacks = tuple(lacks)

    @property
    def text(self) -> Text:
        found = TEXTS[self.code]
        zh = found.zh + "".join(one.text.zh for one in self.lacks)
        return Text(zh, " ".join([found.en, *(one.text.en for one in self.lacks)]))
