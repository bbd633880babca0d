"""What the page of the server's health is for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain("system", "server", _("红色的要马上处理，每一项都写着怎么办。有问题时工作台也会提醒。"))
explain("operations:jobs", "server", _("失败的会自己再试；一直不成的看看原因，再点重试或取消。"))
explain(
    "operations:job",
    "server",
    _("这项工作做了几次、每次为什么失败、下次什么时候再做。里面没有客户信息，只有编号。"),
)
