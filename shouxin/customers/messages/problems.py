"""Why something about a message could not be done."""

from collections.abc import Sequence

from shouxin.core.text import Text
from shouxin.customers.messages.rules import Lack

PROBLEMS = {
    "unknown": Text("没有这条消息。", "No such message."),
    "selection.over": Text(
        "选择的客户已经用过或已过期，请在列表中重新选择。",
        "The chosen customers were used already or are over: choose them again in the list.",
    ),
    "selection.empty": Text(
        "没有选中任何客户。请先在列表中勾选。", "No customer is chosen: tick some in the list first."
    ),
    "selection.large": Text(
        "一条消息最多 10000 位客户。请缩小筛选条件。",
        "A message goes to 10,000 customers at most: narrow the list.",
    ),
    "purpose.unsuited": Text(
        "这个目的不能用来发送消息，或不归您使用。",
        "Messages cannot be sent for this purpose, or it is not yours.",
    ),
    "enclosed.unsuited": Text(
        "附有调查的消息只能是商业信息或业务通知，用邮件或短信发送。",
        "A message with a survey is commercial or about business, by mail or text message.",
    ),
    "state": Text(
        "这一步已经不能办理；请看本页现在的内容。",
        "This cannot be done any more; see what the page says now.",
    ),
    "changed": Text(
        "内容与您看到的不同，请重新查看后再批准。",
        "The content is not what you saw: read it again before approving.",
    ),
    "same-person": Text("起草人不能批准自己的消息。", "Nobody approves their own message."),
    "inside": Text(
        "商业信息须由不为该目的工作的人批准，例如个人信息保护负责人。",
        "A commercial message is approved by somebody who does not work for its purpose, such as the officer.",
    ),
    "note.missing": Text("请写明不批准的理由。", "Say why it is turned down."),
    "not-counted": Text("试算还没有完成，请稍候。", "The dry run is not over yet: wait a moment."),
    "origin.missing": Text(
        "还没有设置对外网址（SHOUXIN_ADDRESS），消息里的退订和门户链接打不开：请系统管理员先设置。",
        "The public address (SHOUXIN_ADDRESS) is not set, so links to unsubscribe and to the portal would lead "
        "nowhere: ask the system administrator to set it.",
    ),
    "nobody": Text(
        "试算表明没有一位客户可以发送，请先看原因。",
        "The dry run found nobody to send to: look at the reasons first.",
    ),
    "lacks": Text("还有须补正的内容，没有提交。", "Something has to be mended first; it was not submitted."),
    "sender": Text("写明落款：由谁发送。", "Name the sender."),
    "subject": Text("填写标题。", "Give it a title."),
    "body": Text("填写正文。", "Write the text."),
    "personal": Text(
        "内容里有手机号、证件号等个人信息；发给多人的内容不能含某个人的信息。",
        "The text holds a mobile, an ID number or the like: what goes to many must hold nothing of one person.",
    ),
    "terms": Text(
        "商业信息须写明真实的优惠条件：价格、期限、限制。",
        "A commercial message states the real terms: price, period, limits.",
    ),
    "proof": Text(
        "商业信息须附上能证明优惠属实的文件。",
        "A commercial message needs a file that shows the offer is real.",
    ),
    "personal.kind": Text("只有商业信息才有个性化正文。", "Only commercial messages have a personal text."),
    "personal.stage": Text(
        "选择个性化正文是给哪个关系阶段的。", "Choose for which stage the personal text is."
    ),
    "personal.no-purpose": Text(
        "“个性化推荐”目的没有启用，不能发送个性化正文。", "The purpose “personal offers” is not in use."
    ),
    "commercial": Text(
        "内容像是推广：{named}。服务、法定和事件通知不能推广商品：请删去这些话，或按商业信息发送。",
        "This reads like an offer: {named}. Service, statutory and incident notices may not offer anything: "
        "take it out, or send it as a commercial message.",
    ),
    "absolute": Text(
        "含有广告中不得使用的绝对化用语：{named}。", "Absolute words that advertising forbids: {named}."
    ),
    "purpose.not-on-consent": Text(
        "商业信息只能用以同意为基础的目的。", "A commercial message needs a purpose that rests on consent."
    ),
    "purpose.not-statutory": Text(
        "法定告知只能用以法定义务为基础的目的。",
        "A statutory notice needs a purpose that rests on a legal duty.",
    ),
}


class MessageProblem(Exception):
    """`code` names why; with "lacks", everything to be mended stands in `lacks`."""

    def __init__(self, code: str, lacks: Sequence[Lack] = ()) -> None:
        super().__init__(code)
        self.code, self.lacks = code, tuple(lacks)

    @property
    def text(self) -> Text:
        """What a person is told."""
        return PROBLEMS[self.code]


def said(lack: Lack) -> Text:
    """One thing to be mended, in words."""
    found = PROBLEMS[lack.code]
    return Text(found.zh.format(named="、".join(lack.named)), found.en.format(named=", ".join(lack.named)))
