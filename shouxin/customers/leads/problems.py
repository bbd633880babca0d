"""Why something about a lead could not be done."""

from shouxin.core.text import Text

TEXTS = {
    "lead.unknown": Text("没有这条线索。", "There is no such lead."),
    "lead.wrong-state": Text(
        "这条线索已转为客户或已销毁。", "This lead became a customer or was destroyed already."
    ),
    "lead.already": Text("已经登记为线索。", "It is a lead already."),
    "lead.customer": Text(
        "已有订单或合同的是客户，不能登记为线索。",
        "Whoever has orders or contracts is a customer, not a lead.",
    ),
    "lead.no-consent": Text(
        "没有生效的同意记录，不能登记为“已同意联系”；请先征求同意，或如实选择。",
        "No consent is in force, so it cannot be noted as agreed: ask for it first, or choose what is true.",
    ),
}


class LeadProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return TEXTS[self.code]
