"""What a message about an answer or an extension says: the number, the day, and where; never what about."""

from datetime import date

from shouxin.core.text import Text
from shouxin.customers.messages import rules as messages

SUBJECT = "【{organisation}】您的申请已有答复 / Your request was answered"
BODY = """您向{organisation}提出的申请 {number} 已有答复。
{way_zh}

Your request {number} to {organisation} was answered.
{way_en}
"""
LINK_ZH, LINK_EN = "请登录“我的信息”查看：{link}", "Sign in to “My information” to read it: {link}"
NO_LINK_ZH = "请登录“我的信息”查看，或与我们联系。"
NO_LINK_EN = "Sign in to “My information” to read it, or contact us."
ANSWER_SMS = "您的申请 {number} 已有答复，可登录客户门户查看"

# An account that was cancelled opens to nobody: what was answered is read by number and look-up code.
CLOSED = """您向{organisation}提出的申请 {number} 已有答复。账户注销后不能再登录。
{way_zh}

Your request {number} to {organisation} was answered. A cancelled account opens to no sign-in.
{way_en}
"""
CODE_ZH = "凭提出时得到的编号和查询码查看，验证码发到您登记过的联系方式：{link}"
CODE_EN = (
    "Read it with the number and look-up code you were given; a code goes to your contact on file: {link}"
)
NO_CODE_ZH = "凭提出时得到的编号和查询码在客户门户查看，验证码发到您登记过的联系方式；或与我们联系。"
NO_CODE_EN = (
    "Read it at the portal with the number and look-up code you were given; a code goes to your contact on file. Or "
    "contact us."
)
CLOSED_SMS = "您的申请 {number} 已有答复，可凭编号和查询码在客户门户查看"

LATER = "【{organisation}】您的申请需要延长办理期限 / Your request takes longer"
LATER_BODY = """您向{organisation}提出的申请 {number} 需要更多时间办理，最迟 {day} 答复。{why_zh}
{way_zh}

Your request {number} to {organisation} needs more time; it will be answered by {day}.{why_en}
{way_en}
"""
WHY_ZH, WHY_EN = "理由：{why}。", " Reason: {why}."
LATER_SMS = "您的申请 {number} 需要更多时间办理{why}，最迟 {day} 答复，可登录客户门户查看"


def later(
    channel: str, organisation: str, number: str, link: str, day: date, why: Text | None
) -> tuple[str, str]:
    """Subject and body of what says that a request takes longer, and why; a text message is read by whoever holds the
    phone."""
    if channel == messages.SMS:
        said = f"（{why.zh}）" if why else ""
        return "", LATER_SMS.format(number=number, day=day.isoformat(), why=said)
    return LATER.format(organisation=organisation), _filled(LATER_BODY, organisation, number, link, day, why)


def text(channel: str, organisation: str, number: str, link: str, *, closed: bool) -> tuple[str, str]:
    """Subject and body of what says that there is an answer; `closed`: the person can sign in no more."""
    if channel == messages.SMS:
        return "", (CLOSED_SMS if closed else ANSWER_SMS).format(number=number)
    if closed:
        zh, en = (CODE_ZH, CODE_EN) if link else (NO_CODE_ZH, NO_CODE_EN)
        said = {"way_zh": zh.format(link=link), "way_en": en.format(link=link)}
        body = CLOSED.format(organisation=organisation, number=number, **said)
    else:
        body = _filled(BODY, organisation, number, link)
    return SUBJECT.format(organisation=organisation), body


def _filled(
    body: str, organisation: str, number: str, link: str, day: date | None = None, why: Text | None = None
) -> str:
    return body.format(
        organisation=organisation,
        number=number,
        day=day.isoformat() if day else "",
        why_zh=WHY_ZH.format(why=why.zh) if why else "",
        why_en=WHY_EN.format(why=why.en) if why else "",
        way_zh=LINK_ZH.format(link=link) if link else NO_LINK_ZH,
        way_en=LINK_EN.format(link=link) if link else NO_LINK_EN,
    )
