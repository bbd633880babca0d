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
