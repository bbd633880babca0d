"""What the pages of keys are for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "vault:keys",
    "server",
    _("轮换不影响同事工作，可以中断后接着做。把算法标为过时要由另一人确认，之后旧数据在后台重新加密。"),
)
explain("vault:index", "server", _("页面提示建议重建时再重建；重建期间照常查找和录入。"))
