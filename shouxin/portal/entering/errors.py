"""Why somebody did not come in. Nothing here tells whether anybody is known."""

from shouxin.core.text import Text

PROBLEMS = {
    "typed.empty": Text("请填写手机号码或邮箱。", "Type your phone number or mail address."),
    "address.closed": Text(
        "您所在的网络短时间内尝试过多，请 15 分钟后再试，或到营业场所办理。",
        "Too many tries from your network. Please try again in 15 minutes, or come in person.",
    ),
    "code.wrong": Text(
        "验证码不对，或没有发出。请核对最近收到的 6 位数字。",
        "That is not the code, or none was sent. Look at the six digits that came last.",
    ),
    "code.over": Text(
        "这个验证码已经失效（超过 10 分钟，或输错 5 次）。请重新获取。",
        "This code is over: ten minutes have passed, or it was wrong five times. Ask for another.",
    ),
    "attribute.wrong": Text("与登记的信息不符。", "That does not match what is on file."),
    "attribute.over": Text(
        "核对次数已用完。请重新获取验证码，或带证件到营业场所办理。",
        "No tries are left. Ask for another code, or come in person with your identity card.",
    ),
    "invitation.wrong": Text(
        "邀请码或核对信息不对，或邀请码已用过、已过期。可以请工作人员重新制作一张。",
        "The invitation or the detail is not right, or the invitation was used or has expired. Ask for a new one.",
    ),
    "keys.away": Text(
        "系统暂时无法办理，请稍后再试。", "This does not work at the moment. Please try again later."
    ),
    "contact.none": Text(
        "没有登记可以接收验证码的邮箱或手机号，无法发送第二个验证码。请联系我们登记。",
        "Neither a mail address nor a phone that a code can be sent to is on file. Ask us to add one.",
    ),
    "contact.left": Text(
        "您提出时留的联系方式收不到验证码，或本单位暂未开通验证码发送。请联系我们，由工作人员交给您。",
        "No code can be sent to the contact you left, or none are sent here. Contact us: our staff hand it over.",
    ),
    "contact.closed": Text(
        "没有近期确认过、只由您一人登记的联系方式可以接收验证码，或登记的信息已经删除。请联系我们，由工作人员交给您。",
        "No contact of yours that a code can go to is on file any more. Contact us: our staff hand the answer over.",
    ),
    "codes.not-offered": Text("本单位暂未开通验证码发送。", "This organisation sends no codes at present."),
    "customer.unknown": Text("没有找到该客户。", "No such customer."),
    "account.closed": Text(
        "该客户的门户账户已关闭（本人注销，或已证明去世），不能再制作邀请码。",
        "The account is closed (cancelled, or a death was proved); no invitation opens it any more.",
    ),
    "invitation.no-attribute": Text(
        "该客户没有可核对的证件号、手机号、会员号或客户编号，邀请码打不开任何内容；请先补充其中一项。",
        "Nothing is on file that an invitation could be compared with (identity, phone, member or customer number); "
        "add one of them first.",
    ),
}


class EntryProblem(Exception):
    """`code` names why; the text says it in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return PROBLEMS[self.code]
