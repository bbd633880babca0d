"""Why something sent to a public form was not taken; each says what helps."""

from shouxin.core.text import Text

PROBLEMS = {
    "bots.token": Text(
        "这个页面不能再提交。请重新打开页面再填一次；没有保存任何内容。",
        "This page can no longer be sent. Open it again and fill it in once more; nothing was kept.",
    ),
    "bots.replayed": Text(
        "这个页面已经提交过一次，不能重复提交。需要再提交请重新打开页面。",
        "This page was sent already and is taken once only. Open it again to send another.",
    ),
    "bots.expired": Text(
        "页面打开超过 2 小时，已经过期。请核对内容后再提交一次；没有保存任何内容。",
        "The page has been open for more than two hours. Look it over and send it again; nothing was kept.",
    ),
    "bots.fast": Text(
        "提交得太快了。请稍等几秒，核对内容后再提交。",
        "That was sent very quickly. Wait some seconds, look it over and send it again.",
    ),
    "bots.honeypot": Text(
        "有一个应当留空的格子被填写了（可能是浏览器自动填写的）。请再提交一次，不要使用自动填写。",
        "A box that stays empty was filled in, perhaps by your browser. Send it again without automatic filling.",
    ),
    "bots.work": Text(
        "请回答下面的小问题，再提交一次。",
        "Please answer the small question below and send it again.",
    ),
    "bots.answer": Text(
        "小问题的答案不对。请回答新的问题，再提交一次。",
        "The answer to the small question is not right. Answer the new one and send it again.",
    ),
    "bots.source": Text(
        "您所在的网络短时间内提交过多，请 10 分钟后再试，或直接联系我们。",
        "Too much was sent from your network within a short time. Try again in ten minutes, or contact us.",
    ),
    "bots.busy": Text(
        "现在提交的人太多，请 10 分钟后再试。没有保存任何内容。",
        "Too many are sending this form just now. Try again in ten minutes; nothing was kept.",
    ),
}


class Turned(Exception):
    """Sent back. `code` names why; the text says it in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return PROBLEMS[self.code]

    @property
    def wait(self) -> int | None:
        """After how many seconds it is worth trying again, where that is the matter."""
        return 600 if self.code in {"bots.source", "bots.busy"} else None
