"""Why a filled form was not stored: a stable code, a sentence in both languages, and what is wrong field by field."""

from collections.abc import Mapping, Sequence

from shouxin.core.text import Text
from shouxin.customers.registry.rules import CellProblem

TEXTS: Mapping[str, Text] = {
    "form.invalid": Text(
        "有内容需要改正，没有保存任何内容。", "Something has to be corrected; nothing was stored."
    ),
    "form.undeclared": Text(
        "提交中有表单没有声明的字段，整份没有接受，也没有保存；此次已计数。",
        "It holds fields that the form does not declare: all of it was refused, nothing stored; this was counted.",
    ),
    "form.not-published": Text(
        "没有这份已发布的表单；它可能已经停用。",
        "There is no such published form; it may have been withdrawn.",
    ),
    "form.altered": Text(
        "表单内容与发布时的哈希不符，已停止填写：请告知个人信息保护负责人。",
        "The form is not what was published; nothing is collected on it. Tell the personal information officer.",
    ),
    "form.wrong-kind": Text("这份表单不问这类客户。", "This form does not ask this kind of customer."),
    "form.sent-already": Text(
        "同一份表单正在提交，没有重复保存。",
        "The same form is being stored already; it was not stored twice.",
    ),
    "purpose.inactive": Text(
        "表单的处理目的没有启用或没有生效的告知，不能收集。",
        "The form's purpose is not active or has no notice in force; nothing can be collected.",
    ),
    "notice.changed": Text(
        "告知已有新的版本：请按现行版本重新告知，再提交。",
        "The notice has changed: show the version in force, then send again.",
    ),
    "consent.not-shown": Text(
        "这份表单的目的以同意为基础：请先展示它的同意页，再把本人的选择一起提交。",
        "The form's purpose rests on consent: show its page of boxes and send what was ticked with the form.",
    ),
    "consent.not-given": Text(
        "本人没有同意此目的，没有保存任何内容；其他办理不受影响。",
        "The person did not agree to the purpose, so nothing was stored; nothing else is affected.",
    ),
    "consent.refused": Text("同意没有成立。", "The consent does not stand."),
    "consent.child": Text(
        "本人未满年龄，自己不能同意：请先建立监护人的档案和监护关系，再由监护人在“同意与告知”中同意。",
        "The person is under age and cannot agree alone: enter the guardian and the relationship first, then let the "
        "guardian agree under “Consents and notices”.",
    ),
    "consent.no-draft": Text(
        "同意之前不保存任何内容，这份表单没有草稿。",
        "Nothing is kept before the person agreed, so this form has no drafts.",
    ),
    "department.outside": Text(
        "归口部门不在您的部门范围内。", "The owner department is not within your departments."
    ),
    "paper.no-date": Text("请填写纸质表单上的日期。", "Give the date on the paper."),
    "paper.future": Text("纸质表单上的日期不能晚于今天。", "The date on the paper cannot lie in the future."),
    "paper.before-form": Text(
        "纸质表单上的日期早于这份表单首次发布的日期。", "The paper is older than the first published version."
    ),
    "paper.no-scan": Text("请附上纸质表单的扫描件。", "Attach the scan of the paper."),
    "paper.not-for-purpose": Text(
        "表单的处理目的不收附件，不能补录纸质表单：请先在目的的字段表中列入“其他文件”。",
        "The form's purpose takes no files, so no scan can be kept: list “Other document” in its table first.",
    ),
    "virus.found": Text(
        "扫描件中发现恶意内容，没有保存。请告知信息安全人员，并检查文件的来历。",
        "Malicious content was found in the scan; nothing was stored. Tell information security.",
    ),
    "scanner.away": Text(
        "病毒扫描服务连不上，没有保存任何内容，请稍后再试。",
        "The virus scanner does not answer; nothing was stored. Try again later.",
    ),
    "storage.away": Text(
        "存放扫描件的地方现在用不了，没有保存任何内容，请稍后再试。",
        "The place where scans are kept is away; nothing was stored. Try again later.",
    ),
    "plan.unknown": Text("没有这个收集计划。", "There is no such collection plan."),
    "plan.not-running": Text(
        "收集计划没有在进行：未批准或已停止。", "The plan is not running: not approved, or stopped."
    ),
    "plan.not-begun": Text("收集计划还没有开始。", "The plan has not begun."),
    "plan.ended": Text("收集计划已到期停止。", "The plan has ended."),
    "plan.full": Text(
        "收集计划已达到人数上限，不再收集。", "The plan has reached its maximum; it collects no more."
    ),
    "plan.other-form": Text("这份表单不在该收集计划中。", "This form is not part of that plan."),
    "plan.outside": Text(
        "不在收集计划的目标人群之内，该计划不收目标人群之外的信息；没有保存任何内容。",
        "Not within the plan's group, and the plan takes nobody else; nothing was stored.",
    ),
}


class SubmissionProblem(Exception):
    """Nothing was stored; `code` names why, `errors` what is wrong with values, `names` what was not declared."""

    def __init__(
        self,
        code: str,
        errors: Sequence[CellProblem] = (),
        names: tuple[str, ...] = (),
        said: Text | None = None,
    ) -> None:
        super().__init__(code)
        self._said = said
        self.code = code
        self.errors = tuple(errors)
        self.names = names

    @property
    def text(self) -> Text:
        return self._said or TEXTS[self.code]


def problem_of(code: str, errors: Sequence[CellProblem]) -> SubmissionProblem:
    """A problem with what is wrong field by field."""
    return SubmissionProblem(code, errors)
