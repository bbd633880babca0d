"""What the page of decisions is for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "gate:explain",
    "rules#权限判定说明",
    _("有人问“我为什么看不到”时用：选人、客户、目的和动作，逐个字段得到规则和条款，不会因此显示任何内容。"),
)
