"""Why a value could not be corrected at one's own door."""

from shouxin.core.text import Text

PROBLEMS = {
    "proof.missing": Text("请先输入第二个验证码。", "Type a second code first."),
    "field.unknown": Text("这一项不能在这里更正。", "This cannot be corrected here."),
    "value.same": Text("与现在登记的一样。", "This is what is on file."),
    "value.waiting": Text(
        "这一项的更正正在核实。要改写，请先撤回那件申请。",
        "A correction of this is being looked into. Take that request back to write another.",
    ),
    "value.locked": Text("这一项已停用，核实以后才能更正。", "This is out of use until it was looked into."),
    "case.none": Text("这件申请没有要求改成的内容。", "This request names no value."),
    "purpose.missing": Text(
        "请先选择包含这一项的处理目的。", "Choose a purpose that names this field first."
    ),
    "value.wrong": Text("要求改成的内容格式不对。", "The value asked for is not well formed."),
}


class CorrectionProblem(Exception):
    """`code` names why; the text says it in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return PROBLEMS[self.code]
