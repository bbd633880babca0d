"""What the page of the server's health is for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain("system", "server", _("红色的要马上处理，每一项都写着怎么办。有问题时工作台也会提醒。"))
