"""What is kept here about customers: how they came in at their own door."""

from shouxin.core.text import Text
from shouxin.kit.holdings import Column, Reads, Table, Why, register
from shouxin.portal.changes.models import Change, Freeze, Notice
from shouxin.portal.entering.models import Challenge, Invitation, Session
from shouxin.portal.wishing.models import Wish

_WHY = Why(
    Text("您登录客户门户时产生", "Your own signing in"),
    Text("保护您的账户", "To protect your account"),
    Text("30 天", "30 days"),
)
register(
    Table(
        Session,
        Text("门户登录", "Sign-ins at the portal"),
        _WHY,
        (
            Column("started_at", Text("登录时间", "Signed in"), Reads.MOMENT),
            Column("way", Text("方式", "By"), Reads.CHOICE),
            Column("seen_at", Text("最后活动", "Last seen"), Reads.MOMENT),
            Column("second_factor_at", Text("二次验证", "Second code"), Reads.MOMENT),
            Column("second_apart", Text("二次验证用了另一种方式", "Second code by another way"), Reads.YES),
            Column("ended_at", Text("退出", "Signed out"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        Challenge,
        Text("登录验证码", "Codes sent to sign in"),
        _WHY,
        (
            Column("made_at", Text("索取时间", "Asked for"), Reads.MOMENT),
            Column("sent_at", Text("发送时间", "Sent"), Reads.MOMENT),
            Column("tries", Text("输错次数", "Wrong tries")),
            Column("used_at", Text("使用时间", "Used"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        Invitation,
        Text("门户邀请", "Invitations to the portal"),
        Why(_WHY.source, _WHY.purpose, Text("用过或过期后 30 天", "30 days after they were used or ran out")),
        (
            Column("made_at", Text("发出时间", "Made"), Reads.MOMENT),
            Column("expires_at", Text("有效期至", "Valid until"), Reads.MOMENT),
            Column("used_at", Text("使用时间", "Used"), Reads.MOMENT),
            Column("ended_at", Text("作废时间", "Ended"), Reads.MOMENT),
        ),
    )
)
_CHANGES = Why(
    Text("更改您的资料时产生", "Changes of your information"),
    Text("通知您更改，并停用您否认的更改", "To tell you of changes, and to stop those you deny"),
    Text("与所更改的信息相同", "As long as what was changed"),
)
register(
    Table(
        Notice,
        Text("更改通知", "Notices of changes"),
        _CHANGES,
        (
            Column("claimed_at", Text("时间", "At"), Reads.MOMENT),
            Column("outcome", Text("结果", "Outcome"), Reads.CHOICE),
            Column("channel", Text("方式", "By")),
            Column("used_at", Text("用链接停用", "Stopped by its link"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        Freeze,
        Text("您否认和停用的", "What you denied and stopped"),
        _CHANGES,
        (
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("what", Text("内容", "What"), Reads.CHOICE),
            Column("way", Text("方式", "By"), Reads.CHOICE),
            Column("settled_at", Text("处理时间", "Settled"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        Wish,
        Text("想了解的内容", "What you want to hear about"),
        Why(
            Text("您在客户门户里选择", "You chose it at the portal"),
            Text("按您的意愿联系您", "To reach you as you wish"),
            Text("到您改变选择，或资料删除", "Until you change it, or your information is deleted"),
        ),
        (
            Column("topics", Text("内容", "Topics")),
            Column("answered_at", Text("选择时间", "Chosen"), Reads.MOMENT),
            Column("asked_at", Text("上次询问", "Asked last"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        Change,
        Text("工作人员更改的项目", "Items that staff changed"),
        Why(
            _CHANGES.source,
            Text("通知您更改了什么", "To tell you what was changed"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("field", Text("项目", "Item"), Reads.FIELD),
        ),
    )
)
