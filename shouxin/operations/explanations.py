"""What the page of the server's health is for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "system", "server#后台工作与系统体检", _("红色的要马上处理，每一项都写着怎么办。有问题时工作台也会提醒。")
)
explain(
    "operations:jobs",
    "server#后台工作与系统体检",
    _("失败的写着原因和办法：处理好之后点重试，不需要的取消。做完的从这里消失；定期的写着下次何时再来。"),
)
explain(
    "operations:job",
    "server#后台工作与系统体检",
    _("这项工作做了几次、最近一次为什么失败。里面没有客户信息，只有编号和错误的种类。"),
)
