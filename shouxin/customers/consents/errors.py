"""Why something about a consent could not be done."""

from shouxin.core.text import Text

PROBLEMS = {
    "purpose.unknown": Text(
        "没有这个处理目的，或它没有生效的告知。", "No such purpose, or no notice of it is in force."
    ),
    "purpose.not-on-consent": Text(
        "这个目的不以同意为基础；可以限制或者拒绝处理。",
        "This purpose does not rest on consent; its processing may be restricted or refused.",
    ),
    "purpose.on-consent": Text(
        "这个目的以同意为基础，请撤回同意。", "This purpose rests on consent: withdraw the consent."
    ),
    "purpose.goes-on": Text(
        "法律要求继续处理，不能拒绝：{purpose}（{article}）。",
        "The law demands that this goes on, so it cannot be refused: {purpose} ({article}).",
    ),
    "recipient.not-named": Text(
        "这个目的没有列明此接收方，不能向它提供。",
        "The purpose does not name this company: nothing may be given to it.",
    ),
    "purpose.publishes-nothing": Text(
        "这个目的没有写明公开，不能公开任何信息。",
        "The purpose publishes nothing: nothing may be published for it.",
    ),
    "page.unknown": Text("没有展示过这个页面。", "No such page was ever shown."),
    "page.changed": Text(
        "告知内容已更新，请重新阅读后再选择。", "The notice has changed: read it again, then choose."
    ),
    "box.unknown": Text("页面上没有这一项。", "There is no such box on the page."),
    "box.bundled": Text(
        "先同意目的本身，才能单独同意其中的各项。",
        "Agree to the purpose itself before what is asked separately within it.",
    ),
    "box.written": Text(
        "这一项须书面同意，请附上本人签署的扫描件。", "This needs a written consent: attach the signed sheet."
    ),
    "asked.recently": Text(
        "本人不久前拒绝过此目的，{until} 之前不得再次征求。",
        "The person refused this purpose recently; it may not be asked again before {until}.",
    ),
    "box.recently": Text(
        "本人不久前没有同意其中一项，{until} 之前不得再次征求这一项；本人主动提出的除外。",
        "The person said no to one of these recently: it may not be asked again before {until}, unless they bring "
        "it up themselves.",
    ),
    "wish.empty": Text(
        "本人主动前来，却没有勾选任何一项：没有要记下的。",
        "The person came by themselves, but nothing is ticked: there is nothing to write down.",
    ),
    "guardian.needed": Text(
        "本人未满 {age} 周岁，须由监护人同意：请先登记监护关系，再由监护人作出选择。",
        "The person is under {age}: a guardian has to agree. Note the guardian as a relationship first.",
    ),
    "guardian.unknown": Text(
        "没有登记此人为本人的监护人。", "This person is not noted as a guardian of the customer."
    ),
    "guardian.no-proof": Text(
        "请选择核验监护关系时看过的证明。", "Choose the proof of guardianship that was seen."
    ),
    "guardian.ended": Text(
        "没有登记您为监护人，或监护关系已经结束，不能代为决定。仍是监护人的，请带证明到营业场所重新登记。",
        "You are not noted as the guardian, or no longer, so you cannot decide in their place. If you are, bring your "
        "proof to have it noted again.",
    ),
    "guardian.unverified": Text(
        "您的监护关系还没有核验过，不能在这里代为决定。请带户口簿等证明到营业场所核验一次，以后就可以在这里决定。",
        "Your guardianship was never verified, so you cannot decide here yet. Bring the household register or another "
        "proof once; after that you can decide here.",
    ),
    "guardian.grown": Text(
        "本人已经到了自己决定的年龄，或没有登记出生日期。到了年龄的由本人自己决定；没有到的，请带证明补登出生日期；"
        "本人不能自己决定的，请带指定监护的文件到营业场所办理。",
        "They are old enough to decide themselves, or no birth date is on file. If they are too young, have it added; "
        "if they cannot decide themselves, bring the order that appoints you.",
    ),
    "consent.unchanged": Text("没有新的选择需要保存。", "There is no new choice to save."),
    "consent.none": Text("没有可以撤回的同意。", "There is no consent to withdraw."),
    "customer.unknown": Text("没有找到该客户。", "No such customer."),
}


class ConsentProblem(Exception):
    """`code` names why; the text says it in the reader's language."""

    def __init__(self, code: str, **named: str) -> None:
        super().__init__(code)
        self.code = code
        self.named = named

    @property
    def text(self) -> Text:
        """What a person is told."""
        said = PROBLEMS[self.code]
        return Text(said.zh.format(**self.named), said.en.format(**self.named))
