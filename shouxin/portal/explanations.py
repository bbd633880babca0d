"""What the staff pages of the portal are for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "portal:invite",
    "portal#邀请码",
    _(
        "为一位客户制作进入“我的信息”的邀请码，印在合同上或当面交给本人。邀请码只显示一次、只能用一次，"
        "还须输入只有本人知道的一项信息；新码制作后旧码立即作废。"
    ),
)
explain(
    "portal:stored",
    "portal#存放地点",
    _(
        "客户有权知道自己的信息存放在哪里。存放方式从配置读出，地点由您登记；数据库或附件搬到别处后，"
        "原来的登记自动失效，客户看到“核实中”，直到重新登记。"
    ),
)
explain(
    "portal:unstated",
    "portal#无处理目的的信息",
    _(
        "处理目的停用、或不再包含某一项之后，还按它保存着的信息立即列在这里，并统计涉及多少客户。"
        "没有处理目的就不得继续保存：要么补上目的，要么删除。"
    ),
)
explain(
    "portal:wishes",
    "portal#客户的共同愿望",
    _(
        "客户登录门户时会被问到希望怎样联系、想了解什么，隔一段时间再问一次。"
        "许多人相同的愿望列在这里，作为改进服务的建议；人数太少的不列，任何一行都看不出是谁。"
    ),
)
explain(
    "portal:surveys",
    "portal#满意度调查",
    _(
        "写几个问题，附在消息里发给客户。只发给愿意被联系的客户，同一客户隔一段时间才问一次，每人一个只能用一次的链接。"
    ),
)
explain(
    "portal:survey_new",
    "portal#满意度调查",
    _("最多六个问题：打分、选一项、自己写。选了匿名，答卷与身份分开保存，以后也不能改成记名。"),
)
explain(
    "portal:survey",
    "portal#满意度调查",
    _(
        "先附在一条消息草稿里，照常提交、由他人批准后发送。结束以后才看得到结果；人数不足的组不显示，也不能推算出来。"
    ),
)
