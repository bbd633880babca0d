"""What a notice of changes says: the fields by name, their values masked, and how to say that it was not oneself."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from shouxin.customers.messages import rules as messages
from shouxin.portal.changes.rules import Told

SUBJECT = "【{organisation}】您的资料有变更 / Your information was changed"
BODY = """{organisation}的工作人员更改了您登记的以下资料（{day}）：
{lines_zh}
{not_me_zh}
您也可以登录“我的信息”查看。

Staff of {organisation} changed the following of your information ({day}):
{lines_en}
{not_me_en}
"""
LINK_ZH = (
    "如果不是您本人要求的，请打开下面的链接确认。更改后的内容连同与它一起保管的资料会立即停用，由专人核实"
    "（链接只能用一次，14 天内有效）："
)
LINK_EN = (
    "If you did not ask for this, open the link below and confirm. What was changed, and what is kept together with "
    "it, is put out of use at once and looked into (the link works once, for 14 days):"
)
NO_LINK_ZH = "如果不是您本人要求的，请立即与我们联系，或登录“我的信息”停用这次更改。"
NO_LINK_EN = "If you did not ask for this, contact us at once or stop it under “My information”."
NONE_ZH, NONE_EN = "（空）", "(empty)"
SMS = "您登记的{fields}于{day}被工作人员更改。{tail}"
SMS_LINK, SMS_NO_LINK = "非本人要求请打开 {link} 停用", "非本人要求请立即联系我们"


BARE = """您在{organisation}登记的资料于 {day} 有更改。这个联系方式久未确认，或者他人也登记过，所以不在这里写内容。
请登录“我的信息”查看，或与我们联系。您不是我们的客户的，请告诉我们，我们会更正。

Information you left with {organisation} was changed on {day}. Since nobody confirmed this contact for long, or somebody
else left it too, it is not said here what. Sign in to “My information” to see it, or contact us. Are you no customer of
ours? Please tell us, so that we can put it right.
"""
BARE_SMS = "您登记的资料于{day}有更改，可登录客户门户查看或与我们联系"


def bare(channel: str, organisation: str, now: datetime) -> tuple[str, str]:
    """To a contact that may be somebody else's by now: that something was changed, and how to reach us."""
    day = f"{timezone.localtime(now):%Y-%m-%d}"
    if channel == messages.SMS:
        return "", BARE_SMS.format(day=day)
    return SUBJECT.format(organisation=organisation), BARE.format(organisation=organisation, day=day)


def text(channel: str, organisation: str, told: Sequence[Told], link: str, now: datetime) -> tuple[str, str]:
    """Subject and body. A text message names the fields alone: it is read on the way, by whoever holds the phone."""
    day = f"{timezone.localtime(now):%Y-%m-%d}"
    if channel == messages.SMS:
        tail = SMS_LINK.format(link=link) if link else SMS_NO_LINK
        names = "、".join(one.rule.name.zh for one in told)
        return "", SMS.format(fields=names, day=day, tail=tail)
    body = BODY.format(
        organisation=organisation,
        day=day,
        lines_zh="\n".join(
            f"· {one.rule.name.zh}：{one.before or NONE_ZH} → {one.after or NONE_ZH}" for one in told
        ),
        lines_en="\n".join(
            f"- {one.rule.name.en}: {one.before or NONE_EN} → {one.after or NONE_EN}" for one in told
        ),
        not_me_zh=f"{LINK_ZH}\n{link}" if link else NO_LINK_ZH,
        not_me_en=f"{LINK_EN}\n{link}" if link else NO_LINK_EN,
    )
    return SUBJECT.format(organisation=organisation), body
