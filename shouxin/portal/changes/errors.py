"""Why something could not be stopped or settled."""

from shouxin.core.text import Text

PROBLEMS = {
    "link.over": Text(
        "链接已经用过、已过期，或不完整。", "The link was used, has expired, or is not complete."
    ),
    "address.closed": Text(
        "您所在的网络短时间内尝试过多，请 15 分钟后再试。",
        "Too many tries from your network. Please try again in 15 minutes.",
    ),
    "change.unknown": Text("没有这次更改。", "There is no such change."),
    "change.frozen": Text(
        "这次更改已经停用，正在核实。", "This change is stopped already and being looked into."
    ),
    "account.frozen": Text("资料已经停用。", "Your information is out of use already."),
    "account.open": Text("资料没有停用。", "Your information is in use."),
    "account.deleting": Text(
        "您的删除或注销申请正在办理，不能恢复使用。",
        "A request of yours for deletion is being carried out, so it stays out of use.",
    ),
    "proof.missing": Text(
        "恢复使用前请先输入第二个验证码。", "Type a second code before taking it into use again."
    ),
    "freeze.settled": Text("已经处理过了。", "This was settled before."),
    "purpose.missing": Text("请先选择处理目的。", "Choose a purpose first."),
}


class ChangeProblem(Exception):
    """`code` names why; the text says it in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return PROBLEMS[self.code]
