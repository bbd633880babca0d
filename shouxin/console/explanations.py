"""What the workbench, the menu and the journal's pages are for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "console:workbench",
    "workbench",
    _(
        "卡片上的数字点开就是那几件事；没有事的卡片不出现。客户只写代号，点开就是客户页。要做别的，打开菜单或用“查找功能”。"
    ),
)
explain("console:menu", "workbench", _("每个功能一句话。常用的用图钉钉住，它就排在菜单最前面。"))
explain(
    "journal:entries",
    "audit#在页面上",
    _("按人员、客户档案号、事项、目的和日期查。您查了什么也会留痕。"),
)
explain(
    "journal:entry",
    "audit#在页面上",
    _("这条日志的全部内容，以及它没有被改过的证据。核验本条，或下载证明交给别人在别的机器上核验。"),
)
explain("journal:checks", "audit#在页面上", _("在后台做，可以离开；结果一直保留。发现问题会指出第一条。"))
