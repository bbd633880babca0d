"""What happens at the customers' door, as the journal tells it; never what somebody typed."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.portal.entering.models import Way

for _name, _zh, _en in (
    (
        "portal.code_sent",
        "向本人在档的联系方式发送门户验证码",
        "Sent a code for the portal to the contact on file",
    ),
    (
        "portal.code_held_back",
        "没有向在档的联系方式发送门户验证码：{held_back}",
        "Sent no code for the portal to a contact on file: {held_back}",
    ),
    ("portal.code_not_taken", "门户验证码没有交出", "A code for the portal was not handed over"),
    (
        "portal.case_code_sent",
        "向代为申请的人留下的联系方式发送验证码",
        "Sent a code to the contact left with a request made for somebody else",
    ),
    ("portal.case_proved", "代为申请的人输入了验证码", "Whoever asked for somebody else typed the code"),
    ("portal.code_wrong", "门户验证码输错，第 {tries} 次", "Wrong code at the portal, try {tries}"),
    (
        "portal.attribute_wrong",
        "门户核对信息不符，第 {tries} 次",
        "Second detail at the portal did not match, try {tries}",
    ),
    ("portal.signed_in", "本人登录门户：{way}", "Signed in at the portal: {way}"),
    ("portal.signed_out", "本人退出门户", "Signed out of the portal"),
    ("portal.proved_again", "本人通过门户二次验证", "Typed a second code at the portal"),
    (
        "portal.invited",
        "为客户制作门户邀请码，有效至 {until}",
        "Made an invitation to the portal, valid until {until}",
    ),
    ("portal.invitation_ended", "作废门户邀请码", "Ended an invitation to the portal"),
    (
        "portal.account_closed",
        "按本人的注销申请关闭门户账户",
        "Closed the account at the portal, as the person asked",
    ),
    (
        "portal.deceased_closed",
        "近亲属证明其已去世，关闭门户账户",
        "Closed the account at the portal: a close relative proved the person's death",
    ),
    ("portal.tidied", "清除过期的门户登录记录 {count} 条", "Forgot {count} old rows of the customers' door"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def way_name(value: object, language: str) -> str:
    """By what somebody came in, in words."""
    with override(language):
        return str(Way(str(value)).label) if value in Way.values else str(value)


words.register("way", way_name)
