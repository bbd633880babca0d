"""What the mail about an answer says: that there is one, and where; never what about."""

SUBJECT = "【{organisation}】您的申请已有答复 / Your request was answered"
BODY = """您向{organisation}提出的申请 {number} 已有答复。
{way_zh}

Your request {number} to {organisation} was answered.
{way_en}
"""
LINK_ZH, LINK_EN = "请登录“我的信息”查看：{link}", "Sign in to “My information” to read it: {link}"
NO_LINK_ZH = "请登录“我的信息”查看，或与我们联系。"
NO_LINK_EN = "Sign in to “My information” to read it, or contact us."


def text(organisation: str, number: str, link: str) -> tuple[str, str]:
    """Subject and body."""
    body = BODY.format(
        organisation=organisation,
        number=number,
        way_zh=LINK_ZH.format(link=link) if link else NO_LINK_ZH,
        way_en=LINK_EN.format(link=link) if link else NO_LINK_EN,
    )
    return SUBJECT.format(organisation=organisation), body
